//! How many sessions there are, for those who look after the deployment.

use crate::app::App;
use crate::base::id::UserId;
use crate::db::{On, Result};
use crate::{args, sql};

sql! {
    read OF_USER = "SELECT count(*) AS n FROM sessions WHERE user_id = $1 AND expires_at > $2 AND idle_expires_at > $2";
    read LIVING = "SELECT count(*) AS n FROM (SELECT 1 AS one FROM sessions WHERE expires_at > $1 LIMIT $2) counted";
}

/// How many living sessions a person has.
pub async fn of_user(app: &App, user: &UserId) -> Result<i64> {
    let mut db = &app.db;
    db.one(OF_USER, args![user, app.now()]).await?.map_or(Ok(0), |row| row.int("n"))
}

/// How many there are in all; counting stops at `most`.
pub async fn living(app: &App, most: i64) -> Result<i64> {
    let mut db = &app.db;
    db.one(LIVING, args![app.now(), most]).await?.map_or(Ok(0), |row| row.int("n"))
}
