//! `symbolon apply`: a file says how clients and workspaces should be; the plan is told, done once, and drift is found.

use crate::on_both;
use crate::support::House;
use serde_json::Value;

const SECRET: &str = "3e1f0c7b9a5d4e2f8b6c1d0e9f7a5b3c";

const TOML: &str = r#"
[[workspaces]]
slug = "acme"
name = "Acme Corp"
members = [{ user = "ada@example.com", role = "owner" }]

[[clients]]
client_id = "shop"
client_name = "Shop"
redirect_uris = ["https://shop.example/cb"]
client_secret = { file = "shop.secret" }

[[clients]]
client_id = "spa"
client_name = "Front"
redirect_uris = ["https://front.example/cb"]
token_endpoint_auth_method = "none"
enabled = false
"#;

const YAML: &str = r#"
workspaces:
  - slug: acme
    name: Acme Corp
    members:
      - { user: ada@example.com, role: owner }
clients:
  - client_id: shop
    client_name: Shop
    redirect_uris: ["https://shop.example/cb"]
    client_secret: { file: shop.secret }
  - client_id: spa
    client_name: Front
    redirect_uris: ["https://front.example/cb"]
    token_endpoint_auth_method: none
    enabled: false
"#;

fn write(house: &House, name: &str, text: &str) {
    std::fs::write(house.dir.join(name), text).expect("writes");
}

on_both! {
    async fn settings_are_written_where_servers_read_them(house: House) {
        write(&house, "symbolon.toml", "# ours\nname = \"Acme\" # known as\n");
        write(&house, "all.yaml", "settings:\n  name: Acme Corp\n  lifetimes: { session_idle: 2h }\nworkspaces:\n  - { slug: acme, name: Acme }\n");
        let (code, out, err) = house.command("apply -f all.yaml --check").await;
        assert_eq!(code, 1, "{out}{err}");
        assert!(out.contains("~ setting name") && out.contains("\"Acme\" → \"Acme Corp\"") && out.contains("1 to make, 2 to change, 0 as they"), "{out}");
        let file = || std::fs::read_to_string(house.dir.join("symbolon.toml")).expect("reads");
        assert_eq!(file(), "# ours\nname = \"Acme\" # known as\n");
        let (code, out, err) = house.command("apply -f all.yaml").await;
        assert!(code == 0 && out.contains("when they start again"), "{out}{err}");
        assert!(file().starts_with("# ours\nname = \"Acme Corp\" # known as\n") && file().contains("session_idle = \"2h\""), "{}", file());
        let (code, out, _) = house.command("apply -f all.yaml --check").await;
        assert!(code == 0 && out.contains("as it should be (3 things)"), "{out}");
        // One setting that can't be: nothing of the file is done.
        for (settings, words) in [("{ nmae: x }", "did you mean `name`?"), ("{ name: x, limits: { body_bytes: many } }", "whole number"), ("[]", "must be a table"), ("{ database_url: x }", "is a secret")] {
            write(&house, "bad.yaml", &format!("settings: {settings}\nworkspaces:\n  - {{ slug: other, name: Other }}\n"));
            let before = (file(), house.state().await);
            let (code, out, err) = house.command("apply -f bad.yaml").await;
            assert!(code == 2 && err.contains(words), "{settings}: {out}{err}");
            assert!((file(), house.state().await) == before);
        }
    }

    async fn a_file_says_how_things_should_be(house: House) {
        house.person("ada").await;
        write(&house, "shop.secret", SECRET);
        write(&house, "all.toml", TOML);
        write(&house, "all.yaml", YAML);
        let before = house.state().await;
        let (code, out, _) = house.command("apply -f all.toml --check").await;
        assert_eq!(code, 1, "{out}");
        assert!(out.contains("+ workspace acme") && out.contains("+ member acme/ada@example.com"), "{out}");
        assert!(out.contains("+ client shop") && out.contains("4 to make, 0 to change, 0 as they should be."), "{out}");
        assert!(!out.contains(SECRET), "{out}");
        assert!(house.state().await == before, "--check changes nothing");

        let (code, out, err) = house.command("apply -f all.toml").await;
        assert_eq!(code, 0, "{out}{err}");
        assert!(out.contains("Done.") && !out.contains(SECRET), "{out}");
        // Twice is once, in either language.
        for file in ["all.toml", "all.yaml"] {
            let before = house.state().await;
            let (code, out, err) = house.command(&format!("apply -f {file} --check --format json")).await;
            let said: Value = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{out}{err}"));
            assert_eq!((code, said["changes"].as_array().map(Vec::len), &said["unchanged"]), (0, Some(0), &Value::from(4)));
            assert_eq!(house.command(&format!("apply -f {file}")).await.0, 0);
            assert!(house.state().await == before);
        }
        // The secret that was referred to is the client's.
        let client = symbolon::clients::store::by_id(&house.app.db, &"shop".into()).await.expect("reads").expect("a client");
        assert!(client.has_secret(&symbolon::base::Secret::new(SECRET), house.now()) && client.secrets.len() == 1);

        // Somebody changes things by hand.
        house.command("client update shop --name Stall").await;
        house.command("client enable spa").await;
        house.command("client rotate-secret shop").await;
        house.command("workspace member role acme ada@example.com member").await;
        let (code, out, _) = house.command("apply -f all.toml --check").await;
        assert_eq!(code, 1);
        for drift in ["client_name: \"Stall\" → \"Shop\"", "enabled: true → false", "client_secret", "role: \"member\" → \"owner\""] {
            assert!(out.contains(drift), "{drift}: {out}");
        }
        assert_eq!(house.command("apply -f all.toml").await.0, 0);
        assert_eq!(house.command("apply -f all.toml --check").await.0, 0);
    }

    async fn bad_files_change_nothing_and_say_where(house: House) {
        let before = house.state().await;
        write(&house, "weak.secret", "password");
        for (name, text, words) in [
            ("a.toml", "clients = 7", "clients"),
            ("b.toml", "[[client]]\nclient_id = \"x\"", "client"),
            ("c.toml", "[[clients]]\nclient_name = \"X\"", "clients/0/client_id"),
            ("d.toml", "[[clients]]\nclient_id = \"shop\"\nclient_name = \"Shop\"\nredirect_uris = [\"nonsense\"]", "clients/0/redirect_uris"),
            ("e.toml", "[[clients]]\nclient_id = \"shop\"\nclient_secret = \"in clear\"", "clients/0/client_secret"),
            ("f.toml", "[[clients]]\nclient_id = \"shop\"\nclient_secret = { file = \"weak.secret\" }", "made by chance"),
            ("g.toml", "[[clients]]\nclient_id = \"shop\"\nclient_secret = { env = \"NOT_SET\" }", "isn't set"),
            ("h.toml", "[[workspaces]]\nslug = \"acme\"\nname = \"A\"\nmembers = [{ user = \"eve@example.com\" }]", "workspaces/0/members/0/user"),
            ("i.toml", "not = toml = at all", "i.toml"),
            ("j.yaml", "clients: [", "j.yaml"),
            ("k.yaml", "- a list", "a table"),
        ] {
            write(&house, name, text);
            let (code, out, err) = house.command(&format!("apply -f {name}")).await;
            assert_eq!((code, out.as_str()), (2, ""), "{name}: {err}");
            assert!(err.contains(words) && !err.contains("panicked") && !err.contains("in clear"), "{name}: {err}");
        }
        let (code, _, err) = house.command("apply -f none.toml").await;
        assert!(code == 2 && err.contains("none.toml"), "{err}");
        assert!(house.state().await == before);
    }
}
