//! Lists in pages: a cursor that only we can have written, and limits that are numbers.

use super::{Params, Problem};
use crate::app::App;
use crate::base::encoding::{base64url, from_base64url};
use crate::crypto::MacRing;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::{IntoParams, ToSchema};

const LIMIT: usize = 50;
const MOST: usize = 200;
const SEARCH_BYTES: usize = 200;

/// Which part of a list is asked for.
#[derive(Debug, PartialEq, Eq)]
pub struct Paging {
    /// How many at most.
    pub limit: usize,
    /// After which identifier.
    pub after: String,
    /// What name or identifier must contain.
    pub search: String,
}

impl Paging {
    /// Reads `limit`, `cursor` and `search`. `list` names the list: a cursor of one is none of another.
    pub fn read(macs: &MacRing, list: &str, params: &Params) -> Result<Self, Problem> {
        let bad = |code, detail: &str| Problem::new(StatusCode::BAD_REQUEST, code, detail);
        if params.malformed() {
            return Err(bad("invalid_query", "the query is not valid UTF-8 or contains a NUL character"));
        }
        if let Some(name) = ["limit", "cursor", "search"].into_iter().find(|name| params.repeated(name)) {
            return Err(bad("invalid_query", &format!("{name} is given more than once")));
        }
        // An empty one is no number, other than an empty search.
        let given = params.iter().find(|(name, _)| *name == "limit").map(|(_, text)| text);
        let limit = given.map_or(Some(LIMIT), limit);
        let limit = limit.ok_or_else(|| bad("invalid_limit", "limit must be a whole number from 1 to 200"))?;
        let after = params.get("cursor").map_or(Some(String::new()), |cursor| open(macs, list, cursor));
        let after = after.ok_or_else(|| {
            bad("invalid_cursor", "the cursor must be what next_cursor gave; begin again without one")
        })?;
        let search = params.get("search").unwrap_or_default();
        if search.len() > SEARCH_BYTES {
            return Err(bad("invalid_search", "search has at most 200 bytes"));
        }
        Ok(Paging { limit, after, search: search.to_owned() })
    }

    /// How many to ask for: one more tells whether there are more.
    pub fn one_more(&self) -> i64 {
        i64::try_from(self.limit.saturating_add(1)).unwrap_or(i64::MAX)
    }

    /// Leaves what is of this page; gives the name of its last one, where there are more.
    pub fn cut<T>(&self, all: &mut Vec<T>, name: impl FnOnce(&T) -> String) -> Option<String> {
        let more = all.len() > self.limit;
        all.truncate(self.limit);
        all.last().filter(|_| more).map(name)
    }

    /// The query of the page after the identifier `last`, with the same limit and search.
    pub fn query(&self, macs: &MacRing, list: &str, last: &str) -> Params {
        let mut query = Params::default();
        query.push("limit", &self.limit.to_string());
        query.push("cursor", &seal(macs, list, last));
        if !self.search.is_empty() {
            query.push("search", &self.search);
        }
        query
    }
}

/// Digits only: Rust's own reading takes a sign.
fn limit(text: &str) -> Option<usize> {
    let digits = text.len() <= 3 && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|limit| digits && (1..=MOST).contains(limit))
}

/// `base64url(MAC ‖ identifier)`.
fn seal(macs: &MacRing, list: &str, last: &str) -> String {
    base64url(format!("{}{last}", mac(macs, list, last)).as_bytes())
}

fn open(macs: &MacRing, list: &str, cursor: &str) -> Option<String> {
    let text = String::from_utf8(from_base64url(cursor)?).ok()?;
    let (tag, last) = text.split_at_checked(mac(macs, list, "").len())?;
    macs.page_holds("cursor", &named(list, last), tag).then(|| last.to_owned())
}

fn mac(macs: &MacRing, list: &str, last: &str) -> String {
    macs.page("cursor", &named(list, last))
}

fn named(list: &str, last: &str) -> String {
    format!("{list}\0{last}")
}

/// One page of a list.
#[derive(Serialize, ToSchema)]
#[schema(as = Page, bound = "")]
pub struct Listed<T: ToSchema> {
    /// In the order of the list.
    pub data: Vec<T>,
    /// Where it goes on.
    pub page: Rest,
    /// That of `page`.
    pub next_cursor: Option<String>,
}

/// What is behind a page.
#[derive(Serialize, ToSchema)]
#[schema(as = PageRest)]
pub struct Rest {
    /// Given as `cursor`, what the next page begins with; null when there is no more.
    pub next_cursor: Option<String>,
    /// Whether there is more.
    pub has_more: bool,
}

impl<T: ToSchema> Listed<T> {
    /// A list that is always whole.
    pub fn whole(data: Vec<T>) -> Self {
        Listed::until(data, None)
    }

    fn until(data: Vec<T>, next_cursor: Option<String>) -> Self {
        let page = Rest { next_cursor: next_cursor.clone(), has_more: next_cursor.is_some() };
        Listed { data, page, next_cursor }
    }
}

/// One page as JSON; `last` is the identifier to go on after, where there is more. RFC 8288: the same as a link.
pub fn page<T: ToSchema + Serialize>(
    app: &App,
    list: &str,
    paging: &Paging,
    data: Vec<T>,
    last: Option<&str>,
) -> Response {
    let query = last.map(|last| paging.query(&app.keys.macs(), list, last));
    let next_cursor = query.as_ref().and_then(|query| query.get("cursor")).map(str::to_owned);
    let mut response = Json(Listed::until(data, next_cursor)).into_response();
    if let Some(link) = query.and_then(|query| link(app, list, &query)) {
        response.headers_mut().insert(header::LINK, link);
    }
    response
}

impl IntoParams for Paging {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let text = || ObjectBuilder::new().schema_type(Type::String);
        let limit = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1)).maximum(Some(MOST));
        let parameter = |name: &str, what: &str, schema: ObjectBuilder| {
            let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Query);
            parameter.description(Some(what)).schema(Some(schema)).build()
        };
        vec![
            parameter("limit", "How many at most; 50 if not given", limit),
            parameter("cursor", "What `next_cursor` of the page before gave", text()),
        ]
    }
}

/// `search`, where a list takes it.
pub struct Search;

impl IntoParams for Search {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let text = ObjectBuilder::new().schema_type(Type::String).max_length(Some(SEARCH_BYTES));
        let search = ParameterBuilder::new().name("search").parameter_in(ParameterIn::Query).schema(Some(text));
        vec![search.description(Some("What a name or an identifier must contain, in letters of any case")).build()]
    }
}

fn link(app: &App, list: &str, query: &Params) -> Option<HeaderValue> {
    let url = app.url(&format!("/v1/{list}?{}", query.encode()));
    HeaderValue::from_str(&format!("<{url}>; rel=\"next\"")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::MasterKey;
    use proptest::prelude::*;

    fn macs() -> MacRing {
        MacRing::derive(&MasterKey::generate(), &[1])
    }

    fn read(macs: &MacRing, query: &str) -> Result<Paging, &'static str> {
        Paging::read(macs, "clients", &Params::parse(query.as_bytes())).map_err(|problem| problem.code)
    }

    #[test]
    fn ad_06_limits_are_numbers_from_1_to_200() {
        let macs = macs();
        for bad in
            ["", "0", "-1", "NaN", "1e9", "1000000000", "201", "+5", "0x10", "%205", "1.0", "99999999999999999999"]
        {
            assert_eq!(read(&macs, &format!("limit={bad}")), Err("invalid_limit"), "{bad}");
        }
        assert_eq!(read(&macs, "limit=1").expect("valid").limit, 1);
        assert_eq!(read(&macs, "limit=200").expect("valid").limit, 200);
        assert_eq!(read(&macs, "").expect("valid").limit, LIMIT);
        assert_eq!(read(&macs, "limit=1&limit=2"), Err("invalid_query"));
        assert_eq!(read(&macs, "search=%00"), Err("invalid_query"));
    }

    #[test]
    fn ad_05_a_cursor_is_ours_for_this_list_only() {
        let macs = macs();
        let cursor = seal(&macs, "clients", "abc");
        assert_eq!(read(&macs, &format!("cursor={cursor}")).expect("ours").after, "abc");
        let of_users = seal(&macs, "users", "abc");
        for bad in [of_users.as_str(), "abc", "'; DROP TABLE clients --", &cursor[1..], &base64url(b"abc")] {
            assert_eq!(open(&macs, "clients", bad), None, "{bad}");
        }
        assert_eq!(read(&macs, &format!("cursor={of_users}")), Err("invalid_cursor"));
    }

    proptest! {
        #[test]
        fn ad_05_a_bent_cursor_never_opens(at in 0usize..60, to in 0u8..128) {
            let macs = macs();
            let mut bent = seal(&macs, "clients", "0192f0c0").into_bytes();
            prop_assume!(bent[at] != to);
            bent[at] = to;
            let bent = String::from_utf8(bent).expect("ascii");
            prop_assert_eq!(open(&macs, "clients", &bent), None);
        }
    }
}
