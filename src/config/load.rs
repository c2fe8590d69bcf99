//! From defaults, file, environment and flags to one checked [`Config`] that knows where each value came from.

use super::file::{self, SECRETS, Setting};
use super::refused::{Place, Refused};
use super::{Config, check, environment};
use crate::base::Secret;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use toml::{Table, Value};

/// Settings from the command line; they win over everything else.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    /// The file to read, which then must exist.
    pub config: Option<PathBuf>,
    /// `issuer`.
    pub issuer: Option<String>,
    /// `listen`.
    pub listen: Option<String>,
    /// `data_dir`.
    pub data_dir: Option<String>,
    /// `keys_dir`.
    pub keys_dir: Option<String>,
    /// `database_url`.
    pub database_url: Option<String>,
}

/// Checked settings.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The settings.
    pub config: Config,
    /// Where each came from, by its dotted path (`log.level`).
    pub origins: BTreeMap<String, Origin>,
    /// What each was set to, those too that aren't shown: to be compared.
    pub(super) exact: BTreeMap<String, Secret>,
}

/// A setting as it was written.
#[derive(Clone, Debug)]
pub struct Written {
    /// Its dotted path.
    pub name: String,
    /// Its value; none for a secret.
    pub value: Option<String>,
    /// Where it came from.
    pub origin: Origin,
}

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The embedded `default.toml`.
    Default,
    /// A file.
    File(PathBuf),
    /// The environment variable of this name.
    Env(String),
    /// This flag.
    Flag(&'static str),
    /// Computed from another setting: an issuer that isn't given follows a loopback `listen`.
    Derived,
}

/// Reads the settings of this process, after refusing environment variables that look like ours and aren't.
pub fn load_process(flags: &Flags) -> Result<Loaded, Refused> {
    environment::check_names(&environment::process_env_names())?;
    load(flags, &environment::process_env)
}

/// Puts the settings together: `default.toml`, then the file, then the environment, then the flags.
///
/// The file is `--config`, else `SYMBOLON_CONFIG`, else `./symbolon.toml` or `/etc/symbolon/symbolon.toml` where it
/// exists. When nobody sets `issuer` and someone sets a loopback `listen`, the issuer is `http://<listen>`.
/// Misspelled environment variables are found by [`super::check_names`], since `env` can't be listed.
pub fn load(flags: &Flags, env: &dyn Fn(&str) -> Option<String>) -> Result<Loaded, Refused> {
    let found = find(flags, env).map(|path| file::text(&path).map(|text| (path, text))).transpose()?;
    put_together(found.as_ref().map(|(path, text)| (path.as_path(), text.as_str())), flags, env)
}

/// The same with the text of a file, wherever that comes from.
pub(super) fn put_together(
    file: Option<(&Path, &str)>,
    flags: &Flags,
    env: &dyn Fn(&str) -> Option<String>,
) -> Result<Loaded, Refused> {
    let mut layers = Layers::new()?;
    if let Some((path, text)) = file {
        for setting in file::read(path, text, &layers.defaults)? {
            layers.put(setting, Origin::File(path.to_owned()))?;
        }
    }
    for (variable, setting) in environment::read(env, &layers.defaults)? {
        layers.put(setting, Origin::Env(variable))?;
    }
    for (flag, path, text) in flags.given() {
        let setting = Setting { path: vec![path.to_owned()], value: Value::String(text), place: Place::flag(flag) };
        layers.put(setting, Origin::Flag(flag))?;
    }
    layers.derive_issuer();
    layers.finish()
}

/// The embedded defaults.
pub(super) fn defaults() -> Result<Table, Refused> {
    toml::from_str(include_str!("default.toml"))
        .map_err(|fault| Refused::new(format!("the embedded defaults are broken: {fault}"), "report this as a bug"))
}

pub(super) fn find(flags: &Flags, env: &dyn Fn(&str) -> Option<String>) -> Option<PathBuf> {
    let asked = flags.config.clone().or_else(|| env("SYMBOLON_CONFIG").map(PathBuf::from));
    let usual = ["symbolon.toml", "/etc/symbolon/symbolon.toml"];
    asked.or_else(|| usual.iter().map(Path::new).find(|path| path.exists()).map(Path::to_owned))
}

impl Flags {
    fn given(&self) -> Vec<(&'static str, &'static str, String)> {
        [
            ("--issuer", "issuer", &self.issuer),
            ("--listen", "listen", &self.listen),
            ("--data-dir", "data_dir", &self.data_dir),
            ("--keys-dir", "keys_dir", &self.keys_dir),
            ("--database-url", "database_url", &self.database_url),
        ]
        .into_iter()
        .filter_map(|(flag, path, text)| text.clone().map(|text| (flag, path, text)))
        .collect()
    }
}

struct Layers {
    defaults: Table,
    merged: Table,
    origins: BTreeMap<String, Origin>,
    places: BTreeMap<String, Place>,
}

impl Layers {
    fn new() -> Result<Self, Refused> {
        let defaults = defaults()?;
        let origins = file::leaves(&defaults).into_iter().map(|leaf| (leaf, Origin::Default)).collect();
        Ok(Layers { merged: defaults.clone(), defaults, origins, places: BTreeMap::new() })
    }

    /// Lays one setting over those before. It is tried alone on the defaults first, so that a value that can't be read
    /// is told with its own place.
    fn put(&mut self, setting: Setting, origin: Origin) -> Result<(), Refused> {
        let Setting { path, value, place } = setting;
        let name = path.join(".");
        let mut alone = self.defaults.clone();
        insert(&mut alone, &path, value.clone());
        if let Err(fault) = Value::Table(alone).try_into::<Config>() {
            return Err(unreadable(&name, fault.message(), &self.defaults, &path).at(Some(place)));
        }
        insert(&mut self.merged, &path, value);
        self.origins.insert(name.clone(), origin);
        self.places.insert(name, place);
        Ok(())
    }

    fn derive_issuer(&mut self) {
        let given = |name: &str| self.origins.get(name).is_some_and(|origin| *origin != Origin::Default);
        let listen = self.merged.get("listen").and_then(Value::as_str).and_then(|text| text.parse::<SocketAddr>().ok());
        if let Some(listen) = listen.filter(|at| at.ip().is_loopback() && given("listen") && !given("issuer")) {
            // 80 is what http means anyway; written out, the issuer wouldn't be in its normal form.
            let host = listen.to_string();
            let host = if listen.port() == 80 { host.trim_end_matches(":80") } else { &host };
            insert(&mut self.merged, &["issuer".to_owned()], Value::String(format!("http://{host}")));
            self.origins.insert("issuer".to_owned(), Origin::Derived);
        }
    }

    /// What each setting is set to.
    fn exact(&self) -> BTreeMap<String, Secret> {
        let text = |name: &str| {
            let value = name.split('.').try_fold(None, |at: Option<&Value>, part| match at {
                None => self.merged.get(part).map(Some),
                Some(table) => table.get(part).map(Some),
            });
            value.flatten().map(ToString::to_string).unwrap_or_default()
        };
        file::leaves(&self.merged).into_iter().map(|name| (name.clone(), Secret::new(text(&name)))).collect()
    }

    /// What is shown to people, in the order of the settings: neither secrets nor what looks as if it held one.
    fn written(&self, exact: &BTreeMap<String, Secret>) -> Vec<Written> {
        let one = |name: String| {
            let text = exact.get(&name).map(Secret::reveal).unwrap_or_default();
            let secret = SECRETS.contains(&name.as_str()) && text != "\"\"" || text.contains('@');
            let origin = self.origins.get(&name).cloned().unwrap_or(Origin::Derived);
            Written { value: (!secret).then(|| text.to_owned()), name, origin }
        };
        file::leaves(&self.merged).into_iter().map(one).collect()
    }

    fn finish(self) -> Result<Loaded, Refused> {
        let exact = self.exact();
        let written = self.written(&exact);
        let mut config: Config = Value::Table(self.merged).try_into().map_err(|fault: toml::de::Error| {
            Refused::new(format!("the settings don't fit together: {}", fault.message()), "report this as a bug")
        })?;
        match check::check(&config) {
            Ok(()) => {
                config.written = written;
                Ok(Loaded { config, origins: self.origins, exact })
            }
            Err(wrong) => {
                let place = self.places.get(wrong.setting).cloned();
                Err(Refused::new(format!("`{}` {}", wrong.setting, wrong.what), wrong.fix).at(place))
            }
        }
    }
}

fn insert(table: &mut Table, path: &[String], value: Value) {
    match path {
        [] => {}
        [name] => {
            table.insert(name.clone(), value);
        }
        [name, rest @ ..] => {
            if let Value::Table(inner) = table.entry(name.clone()).or_insert_with(|| Value::Table(Table::new())) {
                insert(inner, rest, value);
            }
        }
    }
}

fn unreadable(name: &str, why: &str, defaults: &Table, path: &[String]) -> Refused {
    if SECRETS.contains(&name) {
        return Refused::new(format!("`{name}` can't be read"), "write it as text in quotes");
    }
    let why = why.lines().next().unwrap_or_default();
    let default = path.iter().try_fold(None, |at: Option<&Value>, part| match at {
        None => defaults.get(part).map(Some),
        Some(table) => table.get(part).map(Some),
    });
    let fix = match (name, default.flatten()) {
        ("listen", _) => "write an IP address and a port, as 127.0.0.1:4444 or [::1]:4444".to_owned(),
        ("proxies.trusted", _) => "write networks with their length, as 10.0.0.0/8 or fd00::/8".to_owned(),
        ("outbound.allow", _) => {
            "write networks or hosts without scheme or port, as 10.0.0.0/8 or app.internal".to_owned()
        }
        (_, Some(default)) => format!("the default is {default}"),
        (_, None) => "write title = \"…\" in words for people, and maybe detail = \"…\"".to_owned(),
    };
    Refused::new(format!("`{name}` can't be read: {why}"), fix)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().expect("temporary file");
        std::fs::write(file.path(), text).expect("written");
        file
    }

    fn flags(file: &tempfile::NamedTempFile) -> Flags {
        Flags { config: Some(file.path().to_owned()), ..Flags::default() }
    }

    fn refused(text: &str) -> String {
        let file = file(text);
        let refused = load(&flags(&file), &|_| None).expect_err("refused").to_string();
        refused.replace(&file.path().display().to_string(), "f.toml")
    }

    #[test]
    fn the_defaults_are_a_whole_configuration() {
        let loaded = load(&flags(&file("")), &|_| None).expect("defaults");
        assert_eq!(loaded.config.issuer, "http://127.0.0.1:4444");
        assert!(loaded.config.database_url.is_none());
        assert!(loaded.origins.values().all(|origin| *origin == Origin::Default));
        assert!(loaded.origins.contains_key("limits.shutdown_drain"));
    }

    #[test]
    fn flags_win_over_environment_over_file_over_defaults() {
        let file = file("name = \"file\"\nlisten = \"127.0.0.1:1\"\n[log]\nlevel = \"warn\"\nformat = \"json\"\n");
        let env = |name: &str| match name {
            "SYMBOLON_LISTEN" => Some("127.0.0.1:2".to_owned()),
            "SYMBOLON_LOG_LEVEL" => Some("debug".to_owned()),
            "SYMBOLON_LIMITS_BODY_BYTES" => Some("1024".to_owned()),
            "SYMBOLON_PROXIES_TRUSTED" => Some("10.0.0.0/8, fd00::/8".to_owned()),
            _ => None,
        };
        let flags = Flags { listen: Some("127.0.0.1:3".to_owned()), ..flags(&file) };
        let Loaded { config, origins, .. } = load(&flags, &env).expect("valid");
        assert_eq!((config.name.as_str(), config.listen.port()), ("file", 3));
        assert_eq!((config.log.level.as_str(), config.log.format), ("debug", super::super::LogFormat::Json));
        assert_eq!((config.limits.body_bytes, config.proxies.trusted.len()), (1024, 2));
        assert_eq!(origins["listen"], Origin::Flag("--listen"));
        assert_eq!(origins["log.level"], Origin::Env("SYMBOLON_LOG_LEVEL".to_owned()));
        assert_eq!(origins["name"], Origin::File(file.path().to_owned()));
        assert_eq!(origins["data_dir"], Origin::Default);
        assert_eq!((config.issuer.as_str(), &origins["issuer"]), ("http://127.0.0.1:3", &Origin::Derived));
    }

    #[test]
    fn an_issuer_is_derived_from_a_loopback_listen_only() {
        let with = |listen: &str| {
            let empty = file("");
            let flags = Flags { listen: Some(listen.to_owned()), ..flags(&empty) };
            load(&flags, &|_| None).expect("valid").config.issuer
        };
        assert_eq!(with("[::1]:9000"), "http://[::1]:9000");
        assert_eq!(with("127.0.0.1:80"), "http://127.0.0.1");
        assert_eq!(with("0.0.0.0:9000"), "http://127.0.0.1:4444");
    }

    #[test]
    fn an_unknown_setting_is_told_with_its_place_and_what_was_meant() {
        let text = refused("name = \"x\"\nisuer = \"https://secret.example\"\n");
        assert_eq!(
            text,
            "there is no setting `isuer`\n  --> f.toml:2:1\n   |\n 2 | isuer …\n   | ^^^^^\n  = did you mean `issuer`?"
        );
        assert!(refused("[log]\nlevle = \"info\"\n").contains("did you mean `log.level`?"));
        assert!(refused("access_token = \"1h\"\n").contains("did you mean `lifetimes.access_token`?"));
        assert!(refused("[[nonsense]]\nx = 1\n").contains("no setting `nonsense`"));
    }

    #[test]
    fn a_value_that_cannot_be_read_is_told_with_its_place() {
        for (text, place, words) in [
            ("[limits]\nconnections = \"many\"\n", "f.toml:2:15", "must be a whole number, not text in quotes"),
            ("[lifetimes]\n  code = \"10x\"\n", "f.toml:2:10", "isn't a duration; write 500ms"),
            ("proxies.trusted = [\"10.0.0.0/99\"]\n", "f.toml:1:19", "10.0.0.0/8 or fd00::/8"),
            ("outbound.allow = [\"http://a.internal\"]\n", "f.toml:1:18", "as 10.0.0.0/8 or app.internal"),
            ("listen = \"localhost\"\n", "f.toml:1:10", "127.0.0.1:4444"),
            ("log = \"info\"\n", "f.toml:1:7", "under [log]"),
            ("log.format = \"yaml\"\n", "f.toml:1:14", "json"),
            ("[scopes.\"a:b\"]\ntitel = \"x\"\n", "f.toml:1:1", "title"),
            ("database.max_connections = -1\n", "f.toml:1:28", "the default is 16"),
            ("name = \n", "f.toml:1:", "isn't TOML"),
            ("name = \"a\"\nname = \"b\"\n", "f.toml:2:1", "duplicate key"),
        ] {
            let told = refused(text);
            assert!(told.contains(place) && told.contains(words), "{text}\n{told}");
            assert!(told.contains('^'), "{told}");
        }
        let env = |name: &str| (name == "SYMBOLON_LIMITS_HANDLER").then(|| "soon".to_owned());
        let told = load(&flags(&file("")), &env).expect_err("refused").to_string();
        assert!(told.contains("environment variable SYMBOLON_LIMITS_HANDLER") && told.contains("10m"), "{told}");
        let missing = Flags { config: Some("/nowhere/s.toml".into()), ..Flags::default() };
        assert!(load(&missing, &|_| None).expect_err("refused").to_string().contains("/nowhere/s.toml can't be read"));
    }

    #[test]
    fn no_secret_is_ever_printed() {
        for text in [
            "database_url = \"mysql://u:hunter2@h/d\"\n",
            "database_url = \"postgres://u:hunter2@h/d\n",
            "database_url = [\"postgres://u:hunter2@h/d\"]\n",
            "database_url = \"\"\"\nhunter2\n\\q\"\"\"\n",
            "database-url = \"postgres://u:hunter2@h/d\"\n",
            "master_key = \"hunter2\"\n",
            "password: hunter2\n",
            "[database]\nurl = { a = \"hunter2\" }\n",
        ] {
            let told = refused(text);
            assert!(!told.contains("hunter2"), "{told}");
        }
        let env = |name: &str| (name == "SYMBOLON_DATABASE_URL").then(|| "hunter2".to_owned());
        let told = load(&flags(&file("")), &env).expect_err("refused").to_string();
        assert!(!told.contains("hunter2") && told.contains("SYMBOLON_DATABASE_URL"), "{told}");
        let loaded = load(&flags(&file("database_url = \"postgres://u:hunter2@h/d\"\n")), &|_| None).expect("valid");
        assert!(!format!("{loaded:?}").contains("hunter2"));
    }

    #[test]
    fn scopes_are_named_by_the_operator() {
        let file = file("[scopes.\"files:read\"]\ntitle = \"See\"\n[scopes.write]\ntitle = \"W\"\ndetail = \"d\"\n");
        let Loaded { config, origins, .. } = load(&flags(&file), &|_| None).expect("valid");
        assert_eq!((config.scopes["files:read"].title.as_str(), config.scopes["write"].detail.as_str()), ("See", "d"));
        assert!(origins.contains_key("scopes.files:read"));
    }

    #[test]
    fn what_contradicts_is_told_where_it_stands() {
        let told = refused("# hello\nissuer = \"https://id.example.com/\"\n");
        assert!(told.starts_with("`issuer` ") && told.contains("f.toml:2:10"), "{told}");
    }
}
