//! StorageClasses as claims see them.

use view::{Lookup, PersistentVolume, StorageClass, View};

/// True when a class of this name is asked for in vain: there is no such StorageClass, nor a volume that
/// carries the name (volumes made by hand need no class).
pub(crate) fn is_missing(view: &View, class: &str) -> bool {
    !class.is_empty()
        && view.lookup::<StorageClass>("", class).is_missing()
        && view.proves_absence::<PersistentVolume>("")
        && !view.persistent_volumes.iter().any(|volume| volume.spec.storage_class_name == class)
}

/// Nobody makes volumes for this class: they are made by hand. False when the class was not read.
pub(crate) fn is_static(view: &View, class: &str) -> bool {
    match view.lookup::<StorageClass>("", class) {
        _ if class.is_empty() => true,
        Lookup::Found(found) => found.provisioner == "kubernetes.io/no-provisioner",
        Lookup::Missing => !is_missing(view, class),
        Lookup::Unknown => false,
    }
}

/// The classes that exist, the default marked: `standard (default), local-path`; `none` without any.
pub(crate) fn classes(view: &View) -> String {
    let names = view.storage_classes.iter().map(|class| {
        let mark = if class.is_default() { " (default)" } else { "" };
        format!("{}{mark}", class.metadata.name)
    });
    let all = crate::words::join_some(names, 8);
    if all.is_empty() { "none".to_owned() } else { all }
}
