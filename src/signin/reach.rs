//! How strong a proof a person could give, of what they have set up.

use super::proof::{ACR_PASSKEY, ACR_PASSWORD, ACR_TWO_STEPS, ACR_VALUES, level};
use super::{codes, passkey};
use crate::app::App;
use crate::db::Result;
use crate::people::User;

/// What this deployment can give at all: without a name for its host no passkeys.
pub fn values(app: &App) -> Vec<&'static str> {
    let possible = passkey::possible(app);
    ACR_VALUES.into_iter().filter(|acr| possible || *acr != ACR_PASSKEY).collect()
}

/// The level of the strongest.
pub async fn best(app: &App, user: &User) -> Result<usize> {
    if passkey::possible(app) && !passkey::of_user(&app.db, &user.id).await?.is_empty() {
        return Ok(level(ACR_PASSKEY));
    }
    match user.password {
        None => Ok(0),
        Some(_) if codes::needed(app, &user.id).await? => Ok(level(ACR_TWO_STEPS)),
        Some(_) => Ok(level(ACR_PASSWORD)),
    }
}
