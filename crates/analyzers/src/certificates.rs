//! Secrets that Ingresses and Gateways serve certificates from.

use crate::gateways::is_granted;
use view::{Gateway, Listener, Lookup, Object, ObjectRef, Secret, View};

/// What is wrong with a certificate's Secret.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    Missing,
    /// It holds other keys than a certificate needs.
    Lacks(&'static str),
    /// It is in another namespace, where no ReferenceGrant lets the Gateway use it.
    NotGranted,
}

/// What keeps a Secret from being a certificate, as far as its keys tell.
pub(crate) fn trouble(view: &View, namespace: &str, name: &str) -> Option<Trouble> {
    let secret = match view.lookup::<Secret>(namespace, name) {
        Lookup::Missing => return Some(Trouble::Missing),
        Lookup::Unknown => return None,
        Lookup::Found(secret) => secret,
    };
    // The API server checks the keys of the type for certificates; a dump may have none at all.
    if secret.kind == "kubernetes.io/tls" || secret.data.is_empty() {
        return None;
    }
    ["tls.crt", "tls.key"].into_iter().find(|key| !secret.data.contains(key)).map(Trouble::Lacks)
}

/// The certificates of a listener that are not to be had.
pub(crate) fn of_listener<'a>(
    view: &'a View,
    gateway: &'a Gateway,
    listener: &'a Listener,
) -> impl Iterator<Item = (ObjectRef, Trouble)> + 'a {
    let own = &gateway.metadata.namespace;
    let terminates = |tls: &&view::ListenerTls| tls.mode != "Passthrough";
    let references = listener.tls.iter().filter(terminates).flat_map(|tls| &tls.certificate_refs);
    references.filter(|reference| reference.is_secret()).filter_map(move |reference| {
        let (namespace, name) = (reference.namespace_or(own), &reference.name);
        let object = ObjectRef::new(Secret::KIND.name(), namespace.clone(), name.clone());
        if !is_granted(view, "Gateway", own, "Secret", (namespace, name)) {
            return Some((object, Trouble::NotGranted));
        }
        trouble(view, namespace, name).map(|trouble| (object, trouble))
    })
}
