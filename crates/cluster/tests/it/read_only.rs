//! Nothing in this crate can change a cluster, and nothing but the credential plugin is started.

use std::path::{Path, PathBuf};

fn sources(dir: &Path, found: &mut Vec<(PathBuf, String)>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else {
            found.push((path.clone(), std::fs::read_to_string(path).unwrap()));
        }
    }
}

/// The files that hold `pattern`, with how often.
fn holding(pattern: &str) -> Vec<(String, usize)> {
    let mut all = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut all);
    let count = |text: &str| {
        text.lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .filter(|line| line.contains(pattern))
            .count()
    };
    let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    all.iter().map(|(path, text)| (name(path), count(text))).filter(|(_, count)| *count > 0).collect()
}

#[test]
fn there_is_no_way_to_write() {
    let writing = [
        "Request::post",
        "Request::put",
        "Request::patch",
        "Request::delete",
        "Request::builder",
        "Method::POST",
        "Method::PUT",
        "Method::PATCH",
        "Method::DELETE",
        "kube::api",
        "kube::Api",
        "PostParams",
        "DeleteParams",
        ".create(&",
        ".patch(",
        ".delete(",
        ".delete_collection(",
        ".evict(",
        ".exec(",
        ".portforward(",
    ];
    for pattern in writing {
        assert_eq!(holding(pattern), [], "{pattern}");
    }
    let one = |file: &str| vec![(file.to_owned(), 1)];
    assert_eq!(holding("Request::get("), one("send.rs"));
    assert_eq!(holding(".send(request)"), one("send.rs"));
    assert_eq!(holding("Command::new"), one("exec.rs"));
}
