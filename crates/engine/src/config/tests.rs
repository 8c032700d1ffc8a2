use super::splice::set;
use super::*;
use crate::providers::{Setting, missing};
use proptest::prelude::*;
use serde_json::json;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

fn list(names: &[&str]) -> Yaml {
    Yaml::List(names.iter().map(|name| Yaml::text(name)).collect())
}

fn filters(names: &[&str]) -> Change {
    Change::ActiveFilters(names.iter().map(|name| (*name).to_owned()).collect())
}

fn file(directory: &Path, text: Option<&str>) -> ConfigFile {
    let path = directory.join("k8sgpt.yaml");
    if let Some(text) = text {
        fs::write(&path, text).unwrap();
    }
    ConfigFile::new(path)
}

/// Before, the new list, after.
const PATCHES: &[(&str, &[&str], &str)] = &[
    ("", &["Pod"], "active_filters:\n  - Pod\n"),
    ("# mine\n", &["Pod"], "# mine\nactive_filters:\n  - Pod\n"),
    ("---\n", &["Pod"], "---\nactive_filters:\n  - Pod\n"),
    ("a: 1", &["Pod"], "a: 1\nactive_filters:\n  - Pod\n"),
    ("a: 1\r\nb: 2\r\n", &["Pod"], "a: 1\r\nb: 2\r\nactive_filters:\r\n  - Pod\r\n"),
    ("a: 1\n...\n", &["Pod"], "a: 1\nactive_filters:\n  - Pod\n...\n"),
    ("\u{feff}a: 1\n", &["Pod"], "\u{feff}a: 1\nactive_filters:\n  - Pod\n"),
    ("\u{feff}active_filters: [Pod]\n", &["Job"], "\u{feff}active_filters: [Job]\n"),
    ("active_filters:\nb: 1\n", &["Pod"], "active_filters:\n  - Pod\nb: 1\n"),
    ("active_filters: # none\nb: 1\n", &["Pod"], "active_filters: # none\n  - Pod\nb: 1\n"),
    ("active_filters:", &["Pod"], "active_filters:\n  - Pod\n"),
    ("active_filters: [] # none\nb: 1\n", &["Pod", "Job"], "active_filters: [Pod, Job] # none\nb: 1\n"),
    ("active_filters: ~\n", &["Pod"], "active_filters: [Pod]\n"),
    ("Active_Filters: [Pod,\n  Job]\nb: 1\n", &["Pod"], "Active_Filters: [Pod]\nb: 1\n"),
    (
        "active_filters:\n    - Pod # crashes\n    # noisy\n    - Job\n# tail\nb: |\n  x\n",
        &["Pod", "Node"],
        "active_filters:\n    - Pod # crashes\n    # noisy\n    - Node\n# tail\nb: |\n  x\n",
    ),
    (
        "active_filters:\n- Pod\n- Job\nb: 1\n",
        &["Pod", "Job", "Node"],
        "active_filters:\n- Pod\n- Job\n- Node\nb: 1\n",
    ),
    ("active_filters:\n- Pod\n- Job", &["Job", "Node"], "active_filters:\n- Job\n- Node\n"),
    ("active_filters:\n  - Pod\nb: 1\n", &["Job"], "active_filters:\n  - Job\nb: 1\n"),
    ("active_filters:\n  - Job\n  - Pod\n", &["Pod", "Job"], "active_filters:\n  - Pod\n  - Job\n"),
    ("  a: 1\n  b: 2\n", &["Pod"], "  a: 1\n  b: 2\n  active_filters:\n    - Pod\n"),
    ("{\"a\": [1]}", &["Pod"], "{\"active_filters\": [\"Pod\"], \"a\": [1]}"),
    ("{}", &["Pod"], "{\"active_filters\": [\"Pod\"]}"),
    ("{\"active_filters\": [\"Pod\"], \"a\": 1}\n", &["no"], "{\"active_filters\": [\"no\"], \"a\": 1}\n"),
    ("a: |\n  text", &["Pod"], "a: |\n  text\nactive_filters:\n  - Pod\n"),
    ("active_filters: *x\n", &["Pod"], ""),
    ("active_filters: &x [Pod]\nb: *x\n", &["Job"], ""),
    ("active_filters: &x [Pod]\nb: 1\n", &["no"], "active_filters: &x [\"no\"]\nb: 1\n"),
];

#[test]
fn patches_touch_nothing_else() {
    for (before, names, after) in PATCHES {
        let new = set(before, "active_filters", &list(names)).unwrap_or_default();
        assert_eq!(&new, after, "before: {before:?}");
    }
}

#[test]
fn sections_are_written_as_the_original_reads_them() {
    let s3 = CachePlace::S3 {
        region: "eu-west-1".to_owned(),
        bucket_name: "b".to_owned(),
        endpoint: String::new(),
        insecure: false,
    };
    let text = set(
        "# keep\ncache:\n    currentcachetype: gcs\n    gcs: {region: x}\nai: {}\n",
        "cache",
        &cache_value(&s3),
    )
    .unwrap();
    assert_eq!(
        text,
        "# keep\ncache:\n    currentCacheType: s3\n    s3:\n      region: eu-west-1\n      bucketname: b\n      endpoint: \"\"\n      insecure: false\nai: {}\n"
    );
    assert!(parse::config(&text).unwrap().cache == Some(s3));

    let (name, url, token_env) = ("a".to_owned(), "localhost".to_owned(), Some("TOKEN".to_owned()));
    let analyzers = vec![CustomAnalyzer { name, url, port: 8085, token_env, ..CustomAnalyzer::default() }];
    let text = Change::CustomAnalyzers(analyzers.clone()).apply("custom_analyzers: []\n").unwrap();
    assert_eq!(
        text,
        "custom_analyzers: [{name: a, connection: {url: localhost, port: 8085}, token_env: TOKEN}]\n"
    );
    assert_eq!(parse::config(&text).unwrap().custom_analyzers, analyzers);
    let text = Change::CustomAnalyzers(analyzers).apply("").unwrap();
    assert_eq!(
        text,
        "custom_analyzers:\n  - name: a\n    connection:\n      url: localhost\n      port: 8085\n    token_env: TOKEN\n"
    );
}

#[test]
fn reads_what_the_original_writes() {
    let text = "\
active_filters:
    - Pod
ai:
    defaultprovider: openai
    providers:
        - name: openai
          model: gpt-4o
          password: hunter2
          customheaders: []
        - name: ollama
          baseurl: http://localhost:11434
Cache:
    currentCacheType: interplex
    Interplex: {connectionString: localhost:8084}
custom_analyzers:
    - name: host
      connection: {url: localhost, port: \"8085\"}
kubeconfig: \"\"
verbose: false
";
    let config = parse::config(text).unwrap();
    assert_eq!(config.active_filters, ["Pod"]);
    assert_eq!(config.default_provider.as_deref(), Some("openai"));
    let configured: Vec<_> = config
        .providers
        .iter()
        .map(|p| (p.name.as_str(), !missing(p).contains(&Setting::Password)))
        .collect();
    assert_eq!(configured, [("openai", true), ("ollama", true)]);
    assert!(
        config.provider("OpenAI").unwrap().password.as_ref().unwrap().expose_for_computation() == b"hunter2"
    );
    assert_eq!(config.cache, Some(CachePlace::Interplex { connection_string: "localhost:8084".to_owned() }));
    assert_eq!(config.custom_analyzers[0].port, 8085);
    for empty in ["", "\n", "# only\n", "---\n", "active_filters:\nai:\ncache:\n", "{}"] {
        assert!(parse::config(empty).unwrap() == Config::default(), "{empty:?}");
    }
    assert_eq!(
        parse::config("active_filters: Pod, Job Node").unwrap().active_filters,
        ["Pod", "Job", "Node"]
    );
}

#[test]
fn corrupt_text_is_refused_with_its_line_and_never_quoted() {
    let cases: &[(&str, Option<u64>)] = &[
        ("ai:\n  password: hunter2\n bad: [\n", Some(3)),
        ("a: 1\npassword: hunter2\npassword: hunter2\n", Some(3)),
        ("ai:\n  providers:\n    - name: x\n      password: \"hunter2\n", None),
        ("a: hunter2\n---\nb: 1\n", None),
        ("- hunter2\n", None),
        ("hunter2", None),
        ("a: 1\nactive_filters: {hunter2: 1}\n", Some(2)),
        ("a: 1\nai: hunter2\n", Some(2)),
        ("ai: {providers: [{password: hunter2}]}", Some(1)),
        ("active_filters: [Pod]\nActive_Filters: [hunter2]\n", Some(1)),
        ("custom_analyzers: [{name: a, connection: {url: b, port: hunter2}}]", Some(1)),
        ("a: *hunter2\n", Some(1)),
        ("a: hunter2\tb: [}\n", Some(1)),
    ];
    for (text, line) in cases {
        let directory = tempfile::tempdir().unwrap();
        let file = file(directory.path(), Some(text));
        let Err(error) = file.load() else { panic!("{text:?} was read") };
        let message = error.to_string();
        assert!(!message.contains("hunter2"), "{message}");
        let ConfigError::Corrupt { line: at, .. } = &error else { panic!("{error}") };
        assert!(line.is_none() || at == line, "{text:?}: {message}");
        assert!(file.apply(&filters(&["Pod"])).is_err(), "{text:?}");
        assert_eq!(&fs::read_to_string(file.path()).unwrap(), text);
    }
}

#[test]
fn odd_files_are_clear_errors() {
    let directory = tempfile::tempdir().unwrap();
    let of = |name: &str| ConfigFile::new(directory.path().join(name));
    fs::write(directory.path().join("utf16"), b"\xff\xfea\0:\0").unwrap();
    assert!(of("utf16").load().err().unwrap().to_string().contains("UTF-8"));
    fs::create_dir(directory.path().join("dir")).unwrap();
    assert!(matches!(of("dir").load().err(), Some(ConfigError::NotAFile { .. })));
    assert!(matches!(of("dir").apply(&filters(&["Pod"])), Err(ConfigError::NotAFile { .. })));
    fs::write(directory.path().join("ro"), "a: 1\n").unwrap();
    let mut permissions = fs::metadata(directory.path().join("ro")).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(directory.path().join("ro"), permissions).unwrap();
    assert!(of("ro").load().is_ok());
    assert!(matches!(of("ro").apply(&filters(&["Pod"])), Err(ConfigError::ReadOnly { .. })));
    assert!(ConfigFile::new(PathBuf::new()).load().unwrap() == Config::default());
    assert!(matches!(ConfigFile::new(PathBuf::new()).apply(&filters(&["Pod"])), Err(ConfigError::NoHome)));
}

#[test]
fn reading_creates_nothing_and_a_change_is_private() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("new").join("k8sgpt.yaml");
    let file = ConfigFile::new(path.clone());
    assert!(file.load().unwrap() == Config::default());
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
    file.apply(&filters(&["Pod"])).unwrap();
    assert_eq!(file.load_file().unwrap().active_filters, ["Pod"]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&path), 0o600);
        assert_eq!(mode(path.parent().unwrap()), 0o700);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        file.apply(&filters(&["Job"])).unwrap();
        assert_eq!(mode(&path), 0o640);
    }
}

#[cfg(unix)]
#[test]
fn symbolic_links_stay() {
    let directory = tempfile::tempdir().unwrap();
    let real = directory.path().join("real.yaml");
    let link = directory.path().join("k8sgpt.yaml");
    std::os::unix::fs::symlink("real.yaml", &link).unwrap();
    ConfigFile::new(link.clone()).apply(&filters(&["Pod"])).unwrap();
    ConfigFile::new(link.clone()).apply(&filters(&["Pod", "Job"])).unwrap();
    assert!(link.symlink_metadata().unwrap().is_symlink());
    assert_eq!(fs::read_to_string(real).unwrap(), "active_filters:\n  - Pod\n  - Job\n");
}

#[test]
fn dying_before_the_rename_leaves_the_old_text() {
    let directory = tempfile::tempdir().unwrap();
    let file = file(directory.path(), Some("a: 1 # old\n"));
    let die = || Err(io::Error::other("killed"));
    let decide = |_: &Config| Ok::<_, ConfigError>(Some(filters(&["Pod"])));
    assert!(matches!(file.update_with(decide, die), Err(ConfigError::Io { .. })));
    assert_eq!(fs::read_to_string(file.path()).unwrap(), "a: 1 # old\n");
    let names: Vec<_> =
        fs::read_dir(directory.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!names.iter().any(|name| name.to_string_lossy().ends_with(".tmp")), "{names:?}");
}

#[test]
fn two_writers_lose_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let file = file(directory.path(), Some("# head\nai: {}\n"));
    let write = |who: &'static str| {
        let file = file.clone();
        move || {
            for n in 0..200 {
                file.update(|config| {
                    let mut names = config.active_filters.clone();
                    names.push(format!("{who}{n}"));
                    Ok::<_, ConfigError>(Some(Change::ActiveFilters(names)))
                })
                .unwrap();
            }
        }
    };
    let threads = [std::thread::spawn(write("a")), std::thread::spawn(write("b"))];
    for thread in threads {
        thread.join().unwrap();
    }
    let names = file.load_file().unwrap().active_filters;
    let of = |who: char| names.iter().filter(|name| name.starts_with(who)).count();
    assert_eq!((of('a'), of('b')), (200, 200));
    assert!(fs::read_to_string(file.path()).unwrap().starts_with("# head\nai: {}\n"));
}

#[test]
fn a_held_lock_is_waited_for_and_then_named() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("k8sgpt.yaml");
    let held = write::lock(&path, std::time::Duration::ZERO).unwrap();
    assert!(held.is_some());
    assert!(write::lock(&path, std::time::Duration::from_millis(20)).unwrap().is_none());
    drop(held);
    assert!(write::lock(&path, std::time::Duration::ZERO).unwrap().is_some());
}

#[test]
fn paths_follow_the_platform() {
    let env = |name: &str| match name {
        "HOME" | "USERPROFILE" | "LOCALAPPDATA" => Some(std::env::temp_dir().into_os_string()),
        _ => None,
    };
    let path = paths::default_path(&env).unwrap();
    assert!(path.ends_with(Path::new("k8sgpt").join("k8sgpt.yaml")), "{}", path.display());
    #[cfg(target_os = "linux")]
    assert_eq!(path, std::env::temp_dir().join(".config/k8sgpt/k8sgpt.yaml"));
    let absolute = std::env::temp_dir().join("xdg");
    let xdg = |name: &str| (name == "XDG_CONFIG_HOME").then(|| absolute.clone().into_os_string());
    assert_eq!(paths::default_path(&xdg).unwrap(), absolute.join("k8sgpt").join("k8sgpt.yaml"));
    assert_eq!(paths::default_path(&|_| None), None);
    assert_eq!(paths::default_path(&|name| (name == "HOME").then(|| "relative".into())), None);
}

/// Text of one top-level key of a document, comments included.
fn section() -> impl Strategy<Value = String> {
    let comment = prop_oneof![Just(""), Just(" # why"), Just("   # `{[: a\" '|")];
    let value = prop_oneof![
        Just("1"),
        Just("'it''s'"),
        Just("\"a # b\""),
        Just("[x, {y: 'z'}]"),
        Just("&anchor v"),
        Just(""),
        Just("|\n    text # no comment\n\n    more"),
        Just(">-\n    folded\n  # after"),
        Just("|+\n    kept\n\n"),
        Just("\n    - é ü\n    # inside\n    - {b: c}"),
        Just("\n- one\n- two"),
        Just("\n    k: v\n    deep:\n        - 1"),
    ];
    let lead = prop_oneof![Just(""), Just("\n"), Just("# above\n"), Just("# 1\n\n  # 2\n")];
    (lead, value, comment).prop_map(|(lead, value, comment)| {
        let comment = if value.contains('\n') { "" } else { comment };
        format!("{lead}KEY: {value}{comment}\n")
    })
}

fn filter_section() -> impl Strategy<Value = Option<String>> {
    let shapes = prop_oneof![
        Just("active_filters: [Pod, Job] # now\n"),
        Just("Active_Filters:\n  - Pod # p\n  # c\n  - Job\n"),
        Just("active_filters:\n- Pod\n- 'Job'\n"),
        Just("\"active_filters\": []\n"),
        Just("active_filters:   # none\n"),
        Just("active_filters: [\n  Pod, # p\n  Job\n]\n"),
        Just("active_filters:\n\n      - Node\n\n"),
        Just("active_filters: Pod Job\n"),
    ];
    proptest::option::of(shapes.prop_map(str::to_owned))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn bytes_outside_the_key_stay(
        before in proptest::collection::vec(section(), 0..4),
        own in filter_section(),
        after in proptest::collection::vec(section(), 0..4),
        names in proptest::collection::vec("(Pod|Job|Node|[A-Z][a-z]{1,5}|no|1|a b|'\"#: )", 0..4),
        start in prop_oneof![Just(""), Just("---\n"), Just("\u{feff}"), Just("# top\n\n")],
        end in prop_oneof![Just(""), Just("...\n"), Just("# end\n")],
        crlf in any::<bool>(),
        cut in any::<bool>(),
    ) {
        let number = |part: usize, sections: &[String]| -> String {
            let numbered = sections.iter().enumerate();
            numbered.map(|(n, s)| s.replace("KEY", &format!("k{part}{n}")).replace("&anchor", &format!("&a{part}{n}"))).collect()
        };
        let (head, tail) = (start.to_owned() + &number(1, &before), number(2, &after) + end);
        let lines = |text: &str| if crlf { text.replace('\n', "\r\n") } else { text.to_owned() };
        let own_text = own.clone().unwrap_or_default();
        let mut text = lines(&format!("{head}{own_text}{tail}"));
        if cut {
            text.truncate(text.trim_end_matches(['\r', '\n']).len());
        }
        prop_assume!(parse::document(&text).is_ok());
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let new = set(&text, "active_filters", &list(&names));
        let Some(new) = new else { return Err(TestCaseError::fail(format!("not patched: {text:?}"))) };
        // The meaning: the new list, and everything else as it was.
        let mut old = parse::document(&text).unwrap();
        let mut read = parse::document(&new).unwrap();
        let drop_key = |map: &mut serde_json::Map<String, serde_json::Value>| {
            let key = map.keys().find(|key| key.eq_ignore_ascii_case("active_filters")).cloned();
            key.and_then(|key| map.remove(&key))
        };
        drop_key(&mut old);
        prop_assert_eq!(drop_key(&mut read), Some(json!(names)));
        prop_assert_eq!(&old, &read);
        // The bytes: what stands before and after the key is there, unchanged.
        if own.is_some() {
            prop_assert!(new.starts_with(&lines(&head)), "{:?} -> {:?}", text, new);
            let tail = lines(&tail);
            let tail = if cut { tail.trim_end_matches(['\r', '\n']) } else { &tail };
            prop_assert!(new.ends_with(tail), "{:?} -> {:?}", text, new);
        } else {
            let added = new.len() - text.len();
            let same = |at: usize| new.get(..at) == text.get(..at) && new.get(at + added..) == text.get(at..);
            prop_assert!((0..=text.len()).any(same), "{:?} -> {:?}", text, new);
        }
    }
}
