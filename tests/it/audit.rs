//! The audit trail: who did what is found again, leaves for other programs, and can't be touched unseen.

use crate::on_both;
use crate::support::client::answer;
use crate::support::house::House;
use crate::support::{Client, Kind};
use serde_json::Value;
use symbolon::audit::chain::{self, Head, Verified};

/// Runs SQL as somebody who has the database and nothing else.
async fn tampers(house: &House, statements: &[&str]) -> Result<(), sqlx::Error> {
    match house.kind {
        Kind::Sqlite => {
            let file = house.dir.join("data").join("symbolon.db");
            let pool = sqlx::SqlitePool::connect(&format!("sqlite://{}", file.display())).await?;
            for sql in statements {
                sqlx::raw_sql(sqlx::AssertSqlSafe((*sql).to_owned())).execute(&pool).await?;
            }
            pool.close().await;
        }
        Kind::Postgres => {
            let url = house.config.database_url.as_ref().expect("a URL").reveal().to_owned();
            let pool = sqlx::PgPool::connect(&url).await?;
            for sql in statements {
                sqlx::raw_sql(sqlx::AssertSqlSafe((*sql).to_owned())).execute(&pool).await?;
            }
            pool.close().await;
        }
    }
    Ok(())
}

/// Takes away what keeps the tables append-only, as an attacker who owns the database can.
async fn unguarded(house: &House) {
    let drops: Vec<String> = ["audit_events", "audit_chain"]
        .iter()
        .flat_map(|table| match house.kind {
            Kind::Sqlite => vec![format!("DROP TRIGGER {table}_update"), format!("DROP TRIGGER {table}_delete")],
            Kind::Postgres => vec![format!("DROP TRIGGER {table}_stays ON {table}")],
        })
        .collect();
    tampers(house, &drops.iter().map(String::as_str).collect::<Vec<_>>()).await.expect("drops");
}

/// The house with a few events: made users, a workspace, a changed client.
async fn eventful(house: &House) -> Head {
    for n in 0..5 {
        let (code, _, err) = house.command(&format!("workspace create --slug w{n} --name W{n}")).await;
        assert_eq!(code, 0, "{err}");
    }
    match verify(house, None).await {
        Verified::Whole(head) => head,
        broken => panic!("{broken:?}"),
    }
}

async fn verify(house: &House, kept: Option<&Head>) -> Verified {
    chain::verify(&house.app.db, &house.app.keys.macs(), kept).await.expect("reads")
}

on_both! {
    async fn nothing_that_is_written_can_be_changed_by_accident(house: House) {
        eventful(&house).await;
        for sql in [
            "UPDATE audit_events SET actor = 'cli'",
            "DELETE FROM audit_events",
            "UPDATE audit_chain SET mac = ''",
            "DELETE FROM audit_chain",
        ] {
            let why = tampers(&house, &[sql]).await.expect_err(sql).to_string();
            assert!(why.contains("append-only"), "{sql}: {why}");
        }
        assert!(matches!(verify(&house, None).await, Verified::Whole(Head { n: 5, .. })));
    }

    async fn whoever_owns_the_database_is_found_out(house: House) {
        let head = eventful(&house).await;
        unguarded(&house).await;
        let third = "(SELECT event FROM audit_chain WHERE n = 3)";
        let change = format!("UPDATE audit_events SET detail = '{{}}' WHERE id = {third}");
        let back = "UPDATE audit_events SET detail = (SELECT v FROM kept) WHERE id = (SELECT event FROM audit_chain WHERE n = 3)";
        let keep = format!("CREATE TABLE kept AS SELECT detail AS v FROM audit_events WHERE id = {third}");
        tampers(&house, &[&keep, &change]).await.expect("changes");
        let Verified::Broken { n: 3, what, .. } = verify(&house, None).await else { panic!("unseen") };
        assert!(what.contains("changed"), "{what}");
        let (code, out, _) = house.command("audit verify").await;
        assert_eq!(code, 1);
        assert!(out.contains("at link 3") && out.contains("was changed"), "{out}");
        tampers(&house, &[back]).await.expect("changes back");
        assert_eq!(verify(&house, Some(&head)).await, Verified::Whole(head.clone()));

        // An event that is slipped in long after.
        let forged = "INSERT INTO audit_events (id, at, actor, action, object, request_id, address, detail) \
                      VALUES ('0000000000007000aaaaaaaaaaaaaaaa', 1, 'cli', 'user.created', 'user:x', '', '', '{}')";
        tampers(&house, &[forged]).await.expect("inserts");
        assert!(matches!(verify(&house, None).await, Verified::Broken { n: 0, .. }));
        tampers(&house, &["DELETE FROM audit_events WHERE at = 1"]).await.expect("deletes");
        assert!(matches!(verify(&house, None).await, Verified::Whole(_)));

        // The end is cut off: only whoever kept it notices.
        let cut = ["DELETE FROM audit_events WHERE id = (SELECT event FROM audit_chain WHERE n = 5)",
                   "DELETE FROM audit_chain WHERE n = 5"];
        tampers(&house, &cut).await.expect("deletes");
        assert!(matches!(verify(&house, None).await, Verified::Whole(Head { n: 4, .. })));
        assert!(matches!(verify(&house, Some(&head)).await, Verified::Broken { n: 4, .. }));
        let (code, out, _) = house.command(&format!("audit verify --head {head} --format json")).await;
        let said: Value = serde_json::from_str(&out).expect("JSON");
        assert_eq!((code, &said["whole"]), (1, &Value::Bool(false)));

        // One is taken out of the middle, with its link.
        let out = ["DELETE FROM audit_events WHERE id = (SELECT event FROM audit_chain WHERE n = 2)"];
        tampers(&house, &out).await.expect("deletes");
        assert!(matches!(verify(&house, None).await, Verified::Broken { n: 2, .. }));
        tampers(&house, &["DELETE FROM audit_chain WHERE n = 2"]).await.expect("deletes");
        assert!(matches!(verify(&house, None).await, Verified::Broken { n: 3, .. }));
    }

    async fn events_are_found_by_who_what_when_and_leave_for_other_programs(house: House) {
        house.admin("root").await;
        eventful(&house).await;
        let client = house.client_with(|metadata| metadata.scope.push_str(" symbolon:admin")).await;
        let token = admin_token(&house, &client).await;
        let get = |path: &str| {
            let url = format!("{}/v1/admin/audit{path}", house.url);
            let request = house.http().get(url).bearer_auth(&token);
            async move { answer(request).await }
        };
        let all = get("?actor=cli&limit=2").await.ok().body;
        let first: Vec<&str> = all["data"].as_array().expect("events").iter().map(|e| e["object"].as_str().expect("an object")).collect();
        assert_eq!(first, ["workspace:w4", "workspace:w3"]);
        let cursor = all["next_cursor"].as_str().expect("a cursor");
        let next = get(&format!("?actor=cli&limit=2&cursor={cursor}")).await.ok().body;
        assert_eq!(next["data"][0]["object"], "workspace:w2");
        let one = get("?object=workspace:w1&action=workspace.created").await.ok().body;
        assert_eq!(one["data"].as_array().map(Vec::len), Some(1));
        assert_eq!(one["data"][0]["detail"]["after"]["slug"], "w1");
        assert_eq!(get("?object=workspace:w1&action=workspace.deleted").await.ok().body["data"].as_array().map(Vec::len), Some(0));
        assert_eq!(get("?until=2001-01-01").await.ok().body["data"].as_array().map(Vec::len), Some(0));
        assert!(get("?since=2001-01-01T00:00:00Z").await.ok().body["data"].as_array().is_some_and(|all| all.len() >= 5));
        for bad in ["?since=yesterday", "?actor=a&actor=b", "?limit=0", "?cursor=x", "/export?as=xml"] {
            assert_eq!(get(bad).await.status, 400, "{bad}");
        }
        let csv = house.http().get(format!("{}/v1/admin/audit/export?as=csv&actor=cli", house.url)).bearer_auth(&token);
        let csv = csv.send().await.expect("answers");
        assert_eq!(csv.headers()["content-disposition"], "attachment; filename=\"audit.csv\"");
        let text = csv.text().await.expect("a text");
        assert_eq!(text.lines().count(), 6, "{text}");
        let (code, out, _) = house.command("audit export --actor cli").await;
        assert_eq!((code, out.lines().count()), (0, 5));
        assert!(out.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()));
        let (code, out, _) = house.command("audit list --action workspace.created --limit 2").await;
        assert_eq!((code, out.lines().count()), (0, 3), "{out}");
        let (code, _, err) = house.command("audit list --since yesterday").await;
        assert!(code == 2 && err.contains("2026-11-22"), "{err}");
        // Nobody without the role.
        assert_eq!(answer(house.http().get(format!("{}/v1/admin/audit", house.url))).await.status, 401);
    }
}

async fn admin_token(house: &House, client: &Client) -> String {
    let tokens = client.tokens(&mut house.browser(), "root", &[("scope", "openid symbolon:admin")]).await;
    tokens.text("access_token").to_owned()
}

/// Two servers link at once: one chain, each event once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_make_one_chain() {
    let house = House::new(Kind::Postgres).await;
    for n in 0..30 {
        let event = symbolon::audit::Event {
            actor: symbolon::audit::Actor::System,
            action: "test.happened",
            object: format!("test:{n}"),
            request_id: "".into(),
            address: String::new(),
            detail: Value::Null,
        };
        symbolon::audit::record(&house.app.db, &event, house.now()).await.expect("records");
        let macs = house.app.keys.macs();
        let (one, two) = tokio::join!(chain::link(&house.app.db, &macs), chain::link(&house.app.db, &macs));
        one.expect("links");
        two.expect("links");
    }
    assert!(matches!(verify(&house, None).await, Verified::Whole(Head { n: 30, .. })));
}
