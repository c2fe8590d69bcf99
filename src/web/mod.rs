//! The plumbing between HTTP and the rooms: parameters, pages, cookies, forms, errors. Knows no domain.

pub mod assets;
pub mod authorization;
pub mod browser;
pub mod call;
pub mod html;
pub mod json;
pub mod limited;
pub mod paging;
pub mod params;
pub mod problem;
pub mod qr;
pub mod reader;
pub mod stopped;

pub use call::Call;
pub use html::{Page, Shell};
pub use json::Json;
pub use params::{AnyForm, BadForm, Form, Params, Query};
pub use problem::Problem;
pub use reader::Reader;
pub use stopped::Stopped;
