//! Acme CRM from our side: a source of the first workspace, and a token with which Ada's programs read what is connected.

use super::acme::{Acme, CLIENT, SCOPE, SECRET};
use crate::api_tokens;
use crate::app::{App, Trial};
use crate::audit;
use crate::base::Secret;
use crate::base::id::{UserId, WorkspaceId};
use crate::people::store;
use crate::people::workspaces::Standing;
use crate::vault::actor::Actor;
use crate::vault::sources::change::{self, Asked, Changed};
use crate::vault::sources::{Policy, Source};
use crate::web::Call;
use std::collections::BTreeMap;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// The source's name in addresses.
pub const SLUG: &str = "acme-crm";
/// Where it is.
const WORKSPACE: &str = "default";
/// What Ada's token is called.
const NAME: &str = "symbolon dev";

/// How often it may be used; the workspace's own limit holds all the same.
const PER_SECOND: u32 = 20;

/// Makes what isn't there yet, and sees that source and company know today's addresses of each other. Tokens are kept in `dir`:
/// a line that was printed works for as long as the data is there.
pub async fn settle(app: &App, acme: &Acme, dir: &Path) -> Result<(), String> {
    let source = source(app, acme).await.map_err(|why| format!("{SLUG}: {why}"))?;
    acme.registers(&source.redirect_uri(app));
    let token = token(app, dir).await.inspect_err(|why| tracing::warn!(why, "Ada gets no API token")).ok();
    let _ = app.trial.set(Trial { acme: acme.origin().to_owned(), token });
    Ok(())
}

async fn source(app: &App, acme: &Acme) -> Result<Source, String> {
    let who = Actor {
        workspace: WorkspaceId::from(WORKSPACE),
        user: None,
        standing: Some(Standing::Owner),
        client: None,
        scopes: None,
        name: audit::Actor::System,
        call: Call::internal("dev"),
        as_of: None,
    };
    let params = params(acme);
    match change::of(app, &who.workspace, SLUG).await {
        Ok(source) if source.params == params => Ok(source),
        Ok(source) => {
            let changed = Changed { params: Some(params), ..Changed::default() };
            change::change(app, &who, &source, changed).await.map_err(|why| why.to_string())
        }
        Err(_) => {
            let asked = Asked {
                id: None,
                kind: "oauth2".to_owned(),
                slug: Some(SLUG.to_owned()),
                name: Some("Acme CRM".to_owned()),
                client_id: CLIENT.to_owned(),
                client_secrets: vec![Secret::new(SECRET)],
                private_keys: Vec::new(),
                scopes: vec![SCOPE.to_owned()],
                params,
                policy: Policy::default(),
            };
            change::create(app, &who, asked).await.map_err(|why| why.to_string())
        }
    }
}

/// What the general type wants to know of a company that isn't in the catalogue.
fn params(acme: &Acme) -> BTreeMap<String, String> {
    let pairs = [
        ("authorize_url", acme.url("/oauth/authorize")),
        ("token_url", acme.url("/oauth/token")),
        ("userinfo_url", acme.url("/api/me")),
        ("revoke_url", acme.url("/oauth/revoke")),
        ("rotation", "strict_family".to_owned()),
    ];
    pairs.map(|(name, value)| (name.to_owned(), value)).into()
}

/// Ada's, as long as it is good; or a new one, which takes its place.
async fn token(app: &App, dir: &Path) -> Result<Secret, String> {
    let file = dir.join("api-token");
    let faulty = |fault: crate::db::Fault| fault.to_string();
    if let Ok(kept) = std::fs::read_to_string(&file)
        && api_tokens::held(&app.db, &kept).await.map_err(faulty)?.is_some_and(|token| !token.over(app.now()))
    {
        return Ok(Secret::new(kept));
    }
    let ada = store::by_email(&app.db, "ada@example.com").await.map_err(faulty)?.ok_or("Ada isn't there")?.id;
    let token = make(app, ada).await?;
    write(&file, &token).map_err(|why| format!("{} can't be written: {why}", file.display()))?;
    Ok(token)
}

async fn make(app: &App, ada: UserId) -> Result<Secret, String> {
    let faulty = |fault: crate::db::Fault| fault.to_string();
    let workspace = WorkspaceId::from(WORKSPACE);
    let mut tx = app.db.begin().await.map_err(faulty)?;
    for old in api_tokens::page(&mut tx, &ada, Some(&workspace), "", 100).await.map_err(faulty)? {
        if old.name == NAME {
            api_tokens::delete(&mut tx, old.id.as_str()).await.map_err(faulty)?;
        }
    }
    let asked = api_tokens::Asked {
        user: ada,
        workspace: Some(workspace),
        name: NAME.to_owned(),
        scope: None,
        expires_at: None,
    };
    let (token, made) = api_tokens::create(app, &mut tx, &asked).await.map_err(|why| format!("{why:?}"))?;
    // The playground's pages and whoever copies its lines share it. Where nothing is limited it isn't either.
    if app.config.limits.token_per_second > 0 {
        api_tokens::set_per_second(&mut tx, made.id.as_str(), Some(PER_SECOND)).await.map_err(faulty)?;
    }
    tx.commit().await.map_err(faulty)?;
    Ok(token)
}

fn write(file: &Path, token: &Secret) -> std::io::Result<()> {
    use std::io::Write;
    let mut file = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(file)?;
    file.write_all(token.reveal().as_bytes())
}

/// The lines with which Zoe's account, or another one's, is read in a terminal. They work as they stand.
pub fn curls(app: &App, trial: &Trial, external_id: &str) -> [String; 2] {
    let token = trial.token.as_ref().map_or("sym_pat_…", Secret::reveal);
    let (read, acme) = (app.url(&path(external_id)), &trial.acme);
    let first = format!("curl -s -H 'Authorization: Token {token}' '{read}'");
    let second = format!(
        "{first} | sed 's/.*\"oauth_access_token\":\"\\([^\"]*\\)\".*/Authorization: Bearer \\1/' | curl -s -H @- {acme}/api/contacts"
    );
    [first, second]
}

/// Where an account's credentials are read.
pub fn path(external_id: &str) -> String {
    let id: String = form_urlencoded::byte_serialize(external_id.as_bytes()).collect();
    format!("/v1/sources/{SLUG}/accounts/{id}?include_credentials=1")
}
