//! The command line: which server, which client, how much load, beside which limits.

use std::{fs, path::PathBuf, str::FromStr};

use clap::{Parser, ValueEnum, value_parser};
use url::Url;

use crate::{
    browser::Person,
    failure::Fault,
    scenario::Scenario,
    target::{Authentication, Client},
};

/// Closed-loop load for any OAuth 2.0 / OpenID Connect server, told beside the limits of the
/// machine that it runs on.
#[derive(Parser)]
#[command(version)]
pub struct Arguments {
    /// Issuer of the server, such as http://127.0.0.1:4444
    #[arg(long, required_unless_present = "anchors_only")]
    pub issuer: Option<Url>,
    /// The client's id
    #[arg(long, required_unless_present = "anchors_only")]
    client_id: Option<String>,
    /// The client's secret; a file keeps it out of the process list
    #[arg(long, conflicts_with = "client_secret_file")]
    client_secret: Option<String>,
    /// A file that holds the client's secret
    #[arg(long)]
    client_secret_file: Option<PathBuf>,
    /// How the client proves who it is
    #[arg(long, value_enum, default_value = "client_secret_basic")]
    auth_method: AuthMethod,
    /// A redirect_uri of the client; nothing has to listen there
    #[arg(long, default_value = "http://127.0.0.1:5555/callback")]
    redirect_uri: String,
    /// What code flows ask for
    #[arg(long, default_value = "openid offline")]
    scope: String,
    /// Who signs in; without it userinfo, refresh and code-flow are left out
    #[arg(long, requires = "user_password")]
    user_email: Option<String>,
    /// The password of who signs in
    #[arg(long, requires = "user_email")]
    user_password: Option<String>,
    /// A path to get, for the scenario of that name, as /gate/forward
    #[arg(long, value_name = "PATH")]
    get: Option<String>,
    /// A header of that request, as "Authorization: Token ..."; may be given several times
    #[arg(long, value_name = "LINE", requires = "get")]
    header: Vec<String>,
    /// A process to charge, with its children: the server first, then for example the database
    #[arg(long)]
    pub pid: Vec<u32>,
    /// What to run; all when left out
    #[arg(long, value_enum)]
    scenario: Vec<Scenario>,
    /// How many connections, one after the other
    #[arg(long, value_delimiter = ',', default_value = "1,16,64", value_parser = value_parser!(u16).range(1..=1024))]
    connections: Vec<u16>,
    /// How long each scenario is measured
    #[arg(long, default_value_t = 3, value_parser = value_parser!(u64).range(1..=600))]
    pub seconds: u64,
    /// How long each scenario runs before that
    #[arg(long, default_value_t = 1, value_parser = value_parser!(u64).range(0..=60))]
    pub warmup: u64,
    /// How long each anchor is measured
    #[arg(long, default_value_t = 1, value_parser = value_parser!(u64).range(1..=60))]
    pub anchor_seconds: u64,
    /// How often everything is repeated; medians are told
    #[arg(long, default_value_t = 1, value_parser = value_parser!(u16).range(1..=100))]
    pub rounds: u16,
    /// Whose commit rate is the anchor: sqlite, or the URL of a PostgreSQL database
    #[arg(long, default_value = "sqlite")]
    pub database: Database,
    /// Where the anchors write; has to be on the disk that the server writes to
    #[arg(long, default_value = ".")]
    pub anchor_dir: PathBuf,
    /// Measure this machine only
    #[arg(long)]
    pub anchors_only: bool,
    /// A rate to compare with, per core-second: [SCENARIO:]NAME=RATE; refresh when none is named
    #[arg(long)]
    pub peer: Vec<Peer>,
    /// How to tell the result
    #[arg(long, value_enum, default_value = "text")]
    pub format: Format,
    /// Put machines other than this one under load
    #[arg(long)]
    pub allow_remote: bool,
}

/// RFC 6749 §2.3, by the names of the client metadata registry.
#[derive(Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
enum AuthMethod {
    ClientSecretBasic,
    ClientSecretPost,
    None,
}

/// The result as a table for people or as JSON for programs.
#[derive(Clone, Copy, ValueEnum)]
pub enum Format {
    /// Aligned columns.
    Text,
    /// One JSON document.
    Json,
}

/// The database whose commit rate is measured.
#[derive(Clone)]
pub enum Database {
    /// A fresh SQLite file.
    Sqlite,
    /// The PostgreSQL database at this URL.
    Postgres(String),
}

/// Somebody else's rate.
#[derive(Clone)]
pub struct Peer {
    /// In which scenario.
    pub scenario: Scenario,
    /// Whose.
    pub name: String,
    /// Operations per core-second.
    pub rate: f64,
}

impl Arguments {
    /// The client.
    ///
    /// # Errors
    /// When its secret is missing or can't be read.
    pub fn client(&self) -> Result<Client, Fault> {
        Ok(Client {
            id: self.client_id.clone().unwrap_or_default(),
            authentication: match self.auth_method {
                AuthMethod::ClientSecretBasic => Authentication::Basic(self.secret()?),
                AuthMethod::ClientSecretPost => Authentication::Post(self.secret()?),
                AuthMethod::None => Authentication::None,
            },
            redirect_uri: self.redirect_uri.clone(),
            scope: self.scope.clone(),
        })
    }

    /// What the scenario `get` asks for: the path, and header lines.
    #[must_use]
    pub fn get(&self) -> Option<(String, String)> {
        let lines = self.header.iter().map(|line| format!("{line}\r\n")).collect();
        Some((self.get.clone()?, lines))
    }

    fn secret(&self) -> Result<String, Fault> {
        if let Some(secret) = &self.client_secret {
            return Ok(secret.clone());
        }
        let file = self
            .client_secret_file
            .as_ref()
            .ok_or("the client needs --client-secret-file or --client-secret, or --auth-method none")?;
        let secret = fs::read_to_string(file).map_err(|error| format!("the client's secret can't be read: {error}"))?;
        Ok(secret.trim_end_matches(['\r', '\n']).to_owned())
    }

    /// Who signs in.
    #[must_use]
    pub fn person(&self) -> Option<Person> {
        Some(Person { email: self.user_email.clone()?, password: self.user_password.clone()? })
    }

    /// The scenarios to run, in their own order.
    #[must_use]
    pub fn scenarios(&self) -> Vec<Scenario> {
        Scenario::value_variants()
            .iter()
            .filter(|scenario| self.scenario.is_empty() || self.scenario.contains(scenario))
            .copied()
            .collect()
    }

    /// Whether `scenario` was asked for by name.
    #[must_use]
    pub fn insists_on(&self, scenario: Scenario) -> bool {
        self.scenario.contains(&scenario)
    }

    /// The numbers of connections.
    #[must_use]
    pub fn connections(&self) -> Vec<usize> {
        self.connections.iter().copied().map(usize::from).collect()
    }
}

impl FromStr for Database {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once("://") {
            None if text == "sqlite" => Ok(Self::Sqlite),
            Some(("postgres" | "postgresql", _)) => Ok(Self::Postgres(text.to_owned())),
            _ => Err("either sqlite or postgres://…"),
        }
    }
}

impl FromStr for Peer {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, rate) = text.split_once('=').ok_or("NAME=RATE is expected")?;
        let rate = rate.parse().ok().filter(|rate| *rate > 0.0);
        let (scenario, name) = match name.split_once(':') {
            Some((scenario, name)) => {
                let scenario = Scenario::from_str(scenario, false);
                (scenario.map_err(|_| "there is no such scenario")?, name)
            }
            None => (Scenario::Refresh, name),
        };
        Ok(Self { scenario, name: name.to_owned(), rate: rate.ok_or("the rate is not a number above zero")? })
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_peer_is_about_refresh_unless_it_says_otherwise() {
        let peer: Peer = "node-oidc-provider=450".parse().unwrap();
        assert_eq!(peer.scenario, Scenario::Refresh);
        let peer: Peer = "introspect:rauthy=2350".parse().unwrap();
        assert_eq!((peer.scenario, peer.name.as_str()), (Scenario::Introspect, "rauthy"));
        assert!("x=0".parse::<Peer>().is_err());
    }
}
