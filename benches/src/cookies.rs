//! RFC 6265: the cookies of one browser at one origin.

/// What a server asked to be sent back to it.
#[derive(Clone, Default)]
pub struct Jar {
    cookies: Vec<Cookie>,
}

#[derive(Clone)]
struct Cookie {
    name: String,
    value: String,
    path: String,
}

impl Jar {
    /// Takes one `Set-Cookie` header in; `request_path` is the path whose answer carried it.
    pub fn keep(&mut self, set_cookie: &str, request_path: &str) {
        let mut parts = set_cookie.split(';').map(str::trim);
        let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else {
            return;
        };
        let mut path = default_path(request_path);
        let mut gone = false;
        for attribute in parts {
            let (key, value) = attribute.split_once('=').unwrap_or((attribute, ""));
            match key.to_ascii_lowercase().as_str() {
                "path" if value.starts_with('/') => value.clone_into(&mut path),
                "max-age" => gone = value.parse::<i64>().is_ok_and(|seconds| seconds <= 0),
                // Servers delete with the epoch; a run is too short for any other date to matter.
                "expires" => gone |= value.contains("1970"),
                _ => {}
            }
        }
        // §5.3.11: same name and path
        self.cookies.retain(|cookie| cookie.name != name || cookie.path != path);
        if !gone {
            self.cookies.push(Cookie { name: name.to_owned(), value: value.to_owned(), path });
        }
    }

    /// The `Cookie` header line for a request to `path`, or nothing when no cookie belongs there.
    ///
    /// `Secure` is not looked at: a loopback address counts as trustworthy.
    #[must_use]
    pub fn header(&self, path: &str) -> String {
        let mut line = String::new();
        for cookie in self.cookies.iter().filter(|cookie| cookie.belongs_to(path)) {
            line.push_str(if line.is_empty() { "Cookie: " } else { "; " });
            line.push_str(&cookie.name);
            line.push('=');
            line.push_str(&cookie.value);
        }
        if !line.is_empty() {
            line.push_str("\r\n");
        }
        line
    }
}

impl Cookie {
    // §5.1.4: path-match
    fn belongs_to(&self, path: &str) -> bool {
        path.split('?')
            .next()
            .and_then(|path| path.strip_prefix(self.path.as_str()))
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || self.path.ends_with('/'))
    }
}

// §5.1.4: default-path
fn default_path(request_path: &str) -> String {
    let path = request_path.split('?').next().unwrap_or_default();
    match path.rsplit_once('/') {
        Some(("", _)) | None => "/".to_owned(),
        Some((parent, _)) => parent.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s5_1_4_a_cookie_goes_only_below_its_path() {
        let mut jar = Jar::default();
        jar.keep("a=1; Path=/auth/x; HttpOnly", "/login");
        jar.keep("b=2; Path=/", "/login");
        assert_eq!(jar.header("/auth/x?y"), "Cookie: a=1; b=2\r\n");
        assert_eq!(jar.header("/auth/xy"), "Cookie: b=2\r\n");
    }

    #[test]
    fn s5_3_11_the_same_name_is_replaced_and_expiry_deletes() {
        let mut jar = Jar::default();
        jar.keep("a=1; Path=/", "/");
        jar.keep("a=2; Path=/", "/");
        assert_eq!(jar.header("/"), "Cookie: a=2\r\n");
        jar.keep("a=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "/");
        assert_eq!(jar.header("/"), "");
    }
}
