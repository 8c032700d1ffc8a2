//! The cluster as a value.
//!
//! A [`View`] holds what was read of a cluster at one moment: lean structs with the fields that
//! analyzers read, indexes over them, and a [`Coverage`] that says what is *not* known. It is built
//! from list pages ([`Rows`]) and never changes afterwards.
//!
//! Invariant: no IO, no async, no clock. `now` is a field of the View.

mod address;
mod coverage;
mod custom;
mod data;
mod events;
mod kind;
mod kinds;
mod labels;
mod lazy;
mod lenient;
mod list;
mod lookup;
mod meta;
mod needs;
mod owners;
mod page;
mod quantity;
mod refs;
mod scrub;
mod selector;
mod sensitive;
mod table;
mod text;
mod time;
mod variables;

pub use address::Address;
pub use coverage::{Coverage, Status};
pub use custom::{CustomType, called, group_of};
pub use data::KeySizes;
pub use events::EventIndex;
pub use kind::{Builder, Kind, KindInfo, Rows, View};
pub use kinds::*;
pub use labels::NodeLabels;
pub use list::List;
pub use lookup::Lookup;
pub use meta::{Meta, ObjectRef, OwnerReference};
pub use needs::Needed;
pub use page::{Page, PageError};
pub use quantity::parse_quantity;
pub use refs::{Place, Reference, references};
pub use scrub::{without_credentials, without_words};
pub use selector::{LabelSelector, Requirement};
pub use sensitive::{Sensitive, looks_secret};
pub use table::{Object, Table};
pub use text::{Map, Str, is_invisible};
pub use time::Time;
pub use variables::Variables;
