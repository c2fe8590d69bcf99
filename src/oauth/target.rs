//! RFC 8707: for which resources a token is.

use super::error::{Code, Refusal};
use crate::base::uri;
use crate::clients::Client;

/// The most that one request may name.
const MOST: usize = 10;

/// §2: what a client asks for, where it may: as its registration spells it, or else in the usual spelling.
pub fn asked(client: &Client, named: &[impl AsRef<str>]) -> Result<Vec<String>, Refusal> {
    if named.len() > MOST || named.iter().any(|resource| !uri::check_resource(resource.as_ref())) {
        let description = "resource must be an absolute URI without fragment; at most 10 of them";
        return Err(Refusal::new(Code::InvalidTarget, description));
    }
    let registered = &client.metadata.resources;
    let mut resources: Vec<String> = Vec::new();
    for resource in named {
        let spelled = match spelling(registered, resource.as_ref()) {
            Some(registered) => registered.to_owned(),
            None if registered.is_empty() => uri::usual_resource(resource.as_ref()),
            None => return Err(Refusal::new(Code::InvalidTarget, "the client may not ask for this resource")),
        };
        if spelling(&resources, &spelled).is_none() {
            resources.push(spelled);
        }
    }
    Ok(resources)
}

/// §2.2: at the token endpoint, some of those that were granted; none named means all of them.
pub fn narrowed(named: &[String], granted: &[String]) -> Result<Option<Vec<String>>, Refusal> {
    if named.is_empty() {
        return Ok(None);
    }
    let mut some: Vec<String> = Vec::new();
    for resource in named {
        match spelling(granted, resource).filter(|_| named.len() <= MOST) {
            Some(known) if some.iter().any(|have| have == known) => {}
            Some(known) => some.push(known.to_owned()),
            None => return Err(Refusal::new(Code::InvalidTarget, "resource is not one that was granted")),
        }
    }
    Ok(Some(some))
}

/// How this resource is spelled among `known`, if it is there.
pub fn spelling<'a>(known: &'a [String], resource: &str) -> Option<&'a str> {
    known.iter().find(|have| uri::same_resource(have, resource)).map(String::as_str)
}
