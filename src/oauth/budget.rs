//! What requests with an access token take from: a budget of their grant, and one of their workspace.

use super::access::Access;
use crate::app::App;
use crate::base::encoding::hex;
use crate::clients::Client;
use crate::limits::{Cell, Policy};
use crate::web::Call;

/// The budgets of an access token. All tokens of a grant share one: refreshing brings no more. So do all of a machine.
pub fn cells(app: &App, access: &Access) -> Vec<Cell> {
    let limits = &app.config.limits;
    let per_second = access.client.requests_per_second.unwrap_or(limits.token_per_second);
    let key = match &access.person {
        Some(person) => hex(&person.grant.id).into(),
        None => access.client_id.shared(),
    };
    let mut cells = vec![Cell { policy: Policy::Token, key, per_second }];
    if let Some((person, workspace)) = access.person.as_ref().and_then(|p| Some((p, p.grant.workspace.as_ref()?))) {
        let per_second = person.workspace_per_second.unwrap_or(limits.workspace_per_second);
        cells.push(Cell { policy: Policy::Workspace, key: workspace.shared(), per_second });
    }
    cells
}

/// The budget of a client at the token endpoint. Whoever only says that they are a client without a secret takes from what
/// it has from their own network: nobody can use up another's.
pub fn client(app: &App, client: &Client, call: &Call) -> Cell {
    let key = match client.public() {
        true => format!("{} {}", client.id, call.network()).into(),
        false => client.id.shared(),
    };
    Cell { policy: Policy::Client, key, per_second: app.config.limits.client_per_second }
}
