//! Taking apart what the kubelet and the runtime write.

use std::borrow::Cow;
use view::{Kind, ObjectRef, Place, PodSpec, references};

/// An object that a message names as the missing one, and the key that it lacks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Lacking {
    pub object: ObjectRef,
    pub key: Option<String>,
}

/// How messages spell the kinds of what they miss.
const SPELLINGS: &[(&str, Kind)] = &[
    ("secret", Kind::Secret),
    ("secrets", Kind::Secret),
    ("configmap", Kind::ConfigMap),
    ("configmaps", Kind::ConfigMap),
    ("persistentvolumeclaim", Kind::PersistentVolumeClaim),
    ("persistentvolumeclaims", Kind::PersistentVolumeClaim),
    ("serviceaccount", Kind::ServiceAccount),
    ("serviceaccounts", Kind::ServiceAccount),
];

/// The object that a message says is missing or lacks a key: `secret "x" not found`,
/// `couldn't find key k in Secret ns/x`, `references non-existent secret key: k` (whose volume `spec`
/// resolves). Text without such a statement gives `None`.
pub(crate) fn lacking(message: &str, namespace: &str, spec: &PodSpec) -> Option<Lacking> {
    if let Some((key, rest)) =
        message.split_once("couldn't find key ").and_then(|(_, t)| t.split_once(" in "))
    {
        let (kind, path) = rest.split_once(' ')?;
        let kind = [Kind::Secret, Kind::ConfigMap].into_iter().find(|k| k.name() == kind)?;
        let (namespace, name) = path.trim().split_once('/')?;
        let object = ObjectRef::new(kind.name(), namespace, name);
        return Some(Lacking { object, key: Some(key.to_owned()) });
    }
    if let Some(key) = ["references non-existent secret key: ", "references non-existent config key: "]
        .iter()
        .find_map(|mark| message.split_once(mark))
        .map(|(_, key)| key.trim())
    {
        let kind = if message.contains("secret key") { Kind::Secret } else { Kind::ConfigMap };
        return volume_source(spec, quoted_after(message, "for volume "), kind, key).map(|name| Lacking {
            object: ObjectRef::new(kind.name(), namespace, name.as_str()),
            key: Some(key.to_owned()),
        });
    }
    SPELLINGS.iter().find_map(|&(spelling, kind)| {
        let name = quoted_after(message, &format!("{spelling} "))?;
        let missing = message.contains(&format!("{spelling} \"{name}\" not found"));
        missing.then(|| Lacking { object: ObjectRef::new(kind.name(), namespace, name), key: None })
    })
}

/// The name behind a volume (or, when the volume is not told, behind any) that should hold this key.
fn volume_source(spec: &PodSpec, volume: Option<&str>, kind: Kind, key: &str) -> Option<String> {
    let place = volume.map(|name| Place::Volume(name.into()));
    let of_volume = references(spec, "").into_iter().filter(|reference| {
        let named = reference.key.as_ref().is_some_and(|k| *k == key);
        reference.kind == kind && named && place.as_ref().is_none_or(|place| *place == reference.place)
    });
    of_volume.map(|reference| reference.name.to_string()).next()
}

/// The text in double quotes right after `mark`.
pub(crate) fn quoted_after<'a>(text: &'a str, mark: &str) -> Option<&'a str> {
    let opening = format!("{mark}\"");
    let (_, rest) = text.split_once(&opening)?;
    rest.split_once('"').map(|(name, _)| name)
}

/// The part of a container runtime's message that tells: what it could not start, without the chain of
/// wrappers around it.
pub(crate) fn runtime_cause(message: &str) -> Cow<'_, str> {
    let marks = [
        "error during container init: ",
        "unable to start container process: ",
        "runc create failed: ",
        "OCI runtime create failed: ",
        "desc = ",
    ];
    let found = marks.iter().find_map(|mark| message.rsplit_once(mark)).map_or(message, |(_, cause)| cause);
    let found = found.trim();
    let found = found.strip_suffix(": unknown").unwrap_or(found);
    mount_cause(found).map_or(Cow::Borrowed(found), Cow::Owned)
}

/// A failed mount without the kubelet's own directories, which mean nothing to the reader:
/// `volume config cannot be mounted at "/etc/app.conf": not a directory`.
fn mount_cause(cause: &str) -> Option<String> {
    if let Some((_, output)) =
        cause.split_once("Mounting command: ").and_then(|(_, r)| r.split_once("Output: "))
    {
        let told = output.rsplit_once(": ").map_or(output, |(_, told)| told);
        let told = told.split("; for several filesystems").next().unwrap_or(told);
        return Some(format!("the mount command fails: {}", told.split(". ").next().unwrap_or(told).trim()));
    }
    let (_, rest) = cause.split_once("error mounting \"")?;
    let (source, rest) = rest.split_once('"')?;
    let target = quoted_after(rest, "to rootfs at ")?;
    let (_, why) = rest.rsplit_once(": ")?;
    let volume = source.split_once("/volumes/").map_or(source, |(_, v)| v.rsplit('/').next().unwrap_or(v));
    let volume =
        source.split_once("/volume-subpaths/").and_then(|(_, v)| v.split('/').next()).unwrap_or(volume);
    let hint = if why.contains("not a directory") || why.contains("is a directory") {
        " (one of the two is a file, the other a directory)"
    } else {
        ""
    };
    Some(format!("volume {volume} cannot be mounted at {target:?}: {why}{hint}"))
}

/// A command line whose words may hold secrets, with what stands behind a telling flag or between
/// `://` and `@` taken out.
pub(crate) fn without_secrets(command: &str) -> String {
    let mut out: Vec<String> = Vec::new();
    let mut hide_next = false;
    for word in command.split_whitespace() {
        if std::mem::take(&mut hide_next) {
            out.push("…".to_owned());
            continue;
        }
        match word.split_once('=') {
            Some((name, _)) if view::looks_secret(name) => out.push(format!("{name}=…")),
            None if word.starts_with('-') && view::looks_secret(word) => {
                hide_next = true;
                out.push(word.to_owned());
            }
            _ => out.push(without_userinfo(word)),
        }
    }
    out.join(" ")
}

fn without_userinfo(word: &str) -> String {
    match word
        .split_once("://")
        .and_then(|(scheme, rest)| rest.rsplit_once('@').map(|(_, host)| (scheme, host)))
    {
        Some((scheme, host)) => format!("{scheme}://…@{host}"),
        None => word.to_owned(),
    }
}

/// The CSI driver that a kubelet does not know, in its own words about a mount.
pub(crate) fn unregistered_driver(message: &str) -> Option<&str> {
    let (before, _) = message.split_once(" not found in the list of registered CSI drivers")?;
    before.rsplit_once("driver name ").map(|(_, name)| name.trim()).filter(|name| !name.is_empty())
}
