//! OIDC Core §8.1: the sector of a pairwise client, the host that its `sub` values depend on.

use super::SubjectType;
use super::metadata::{Invalid, Metadata, invalid};
use crate::app::{App, Unfetched};
use crate::base::uri;
use crate::outbound::{Fetched, Wanted};
use std::collections::BTreeSet;

static LIST: Wanted = Wanted {
    what: "list of redirect URIs",
    accept: "application/json",
    most: 64 * 1024,
    is: |_, fetched| listed(fetched).is_some(),
};

fn listed(fetched: &Fetched) -> Option<Vec<String>> {
    serde_json::from_slice(&fetched.body).ok()
}

impl Metadata {
    /// The sector; none when the client's `sub` values are those of everyone.
    pub fn sector(&self) -> Option<String> {
        match self.subject_type {
            SubjectType::Public => None,
            SubjectType::Pairwise => {
                uri::host(self.sector_identifier_uri.as_ref().or_else(|| self.redirect_uris.first())?.as_str())
            }
        }
    }

    pub(super) fn check_subjects(&self) -> Result<(), Invalid> {
        if self.subject_type == SubjectType::Public || self.sector_identifier_uri.is_some() {
            return Ok(());
        }
        let hosts: BTreeSet<_> = self.redirect_uris.iter().filter_map(|uri| uri::host(uri)).collect();
        match hosts.len() {
            1 => Ok(()),
            0 => invalid("subject_type", "pairwise needs redirect_uris: their host decides about the sub"),
            _ => {
                let why =
                    "needed for pairwise, since redirect_uris have several hosts: register a document that lists them";
                invalid("sector_identifier_uri", why)
            }
        }
    }
}

/// §8.1, at registration: the document that a client names as its sector lists all of its redirect URIs. Asks its host,
/// so never inside a transaction.
pub async fn check(app: &App, metadata: &Metadata) -> Result<(), Invalid> {
    let Some(uri) = &metadata.sector_identifier_uri else {
        return Ok(());
    };
    let field = "sector_identifier_uri";
    if app.outbound.check(uri).is_err() {
        let why = "must be an https URL with a public host on port 443; others only inside `outbound.allow`";
        return invalid(field, why);
    }
    let fetched = match app.documents.fetch(uri, &LIST, app.now()).await {
        Ok(fetched) => fetched,
        Err(Unfetched::Busy) => return invalid(field, "too many documents are being fetched; try again in a minute"),
        Err(why) => {
            tracing::warn!(host = uri::host(uri), ?why, "a sector_identifier_uri couldn't be fetched");
            let why = "could not be fetched; it must serve a JSON array of redirect URIs of at most 64 KiB (OIDC \
                       Registration §5)";
            return invalid(field, why);
        }
    };
    let listed = listed(&fetched).unwrap_or_default();
    match metadata.redirect_uris.iter().all(|own| listed.contains(own)) {
        true => Ok(()),
        false => invalid(field, "the document there doesn't list every one of redirect_uris"),
    }
}
