//! docs/decisions/0010: what SQLite gave stands until something is written, whoever writes it. Revocation is seen at once.

use crate::command_line::beside;
use crate::support::{House, Kind};
use std::time::Duration;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_another_process_deletes_is_gone_with_the_next_request() {
    let house = House::new(Kind::Sqlite).await;
    let user = house.person("ada").await;
    for _ in 0..5 {
        house.wait(Duration::from_secs(10));
        let (id, token) = house.api_token(&user, Some("default"), None).await;
        for _ in 0..3 {
            token.lists().await.ok();
        }
        house.wait(Duration::from_secs(10));
        beside(&house, &format!("token delete {id}"), "").await.ok();
        assert_eq!(token.lists().await.status, 401);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_another_connection_writes_counts_from_the_next_request_on() {
    let house = House::new(Kind::Sqlite).await;
    let user = house.person("ada").await;
    let (_, token) = house.api_token(&user, Some("default"), None).await;
    for n in 0..40 {
        house.wait(Duration::from_secs(10));
        for _ in 0..2 {
            assert_eq!(token.lists().await.status, 200, "{n}");
        }
        house.sql(&format!("UPDATE users SET enabled = FALSE WHERE id = '{user}'")).await;
        assert_eq!(token.lists().await.status, 401, "{n}");
        house.sql(&format!("UPDATE users SET enabled = TRUE WHERE id = '{user}'")).await;
    }
}
