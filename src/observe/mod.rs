//! Temporary.
/// Request reference.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);
/// Peer.
#[derive(Clone, Copy, Debug)]
pub struct ClientIp(pub std::net::IpAddr);
