use super::*;
use std::fs;

fn set(name: &str, keys: &[(&'static str, Option<&str>)]) -> AiStep {
    let keys = keys.iter().map(|(key, value)| (*key, value.map(Yaml::text))).collect();
    AiStep::Set(name.to_owned(), keys)
}

fn applied(text: &str, step: AiStep) -> Option<String> {
    AiChange(vec![step]).apply(text)
}

const FILE: &str = "\
# mine
ai:
    # the one that pays
    defaultprovider: openai # for now
    Providers:
        # first
        - name: openai
          Model: gpt-4o # cheap
          password: hunter2
          special: 1 # unknown
        # second
        - model: llama3
          name: ollama
          stopsequences:
            - a
            - b
active_filters: [Pod] # few
";

#[test]
fn steps_touch_nothing_else() {
    let cases: Vec<(AiStep, &str, &str)> = vec![
        (set("OpenAI", &[("model", Some("gpt-5"))]), "Model: gpt-4o", "Model: gpt-5"),
        (set("openai", &[("password", None)]), "          password: hunter2\n", ""),
        (
            set("openai", &[("engine", Some("e: #"))]),
            " # unknown\n",
            " # unknown\n          engine: \"e: #\"\n",
        ),
        (set("ollama", &[("model", None)]), "- model: llama3\n          name", "- name"),
        (
            set("ollama", &[("stopsequences", None)]),
            "          stopsequences:\n            - a\n            - b\n",
            "",
        ),
        (
            set("ollama", &[("baseurl", Some("http://x"))]),
            "            - b\n",
            "            - b\n          baseurl: \"http://x\"\n",
        ),
        (
            set("groq", &[("password", Some("x")), ("model", None)]),
            "            - b\n",
            "            - b\n        - name: groq\n          password: x\n",
        ),
        (AiStep::Default(Some("ollama".to_owned())), "defaultprovider: openai", "defaultprovider: ollama"),
        (AiStep::Default(None), "    defaultprovider: openai # for now\n", ""),
        (
            AiStep::Remove("ollama".to_owned()),
            "        - model: llama3\n          name: ollama\n          stopsequences:\n            - a\n            - b\n",
            "",
        ),
        (AiStep::Remove("nobody".to_owned()), "", ""),
    ];
    for (step, before, after) in cases {
        let shown = format!("{:?}", AiChange(vec![step.clone()]));
        assert_eq!(applied(FILE, step).as_deref(), Some(&*FILE.replacen(before, after, 1)), "{shown}");
    }
}

#[test]
#[allow(clippy::too_many_lines, reason = "a table")]
fn every_shape_of_ai_can_be_changed() {
    let entry = || set("x", &[("password", Some("p"))]);
    let block = "ai:\n  providers:\n    - name: x\n      password: p\n";
    let cases: &[(&str, AiStep, &str)] = &[
        ("", entry(), block),
        ("a: 1\n", entry(), &format!("a: 1\n{block}")),
        ("ai:\n", entry(), block),
        ("ai: {}\n", entry(), "ai: {providers: [{name: x, password: p}]}\n"),
        (
            "ai:\n    providers: []\n    defaultprovider: \"\"\n",
            entry(),
            "ai:\n    providers:\n      - name: x\n        password: p\n    defaultprovider: \"\"\n",
        ),
        (
            "ai:\n  providers: # none\nb: 1\n",
            entry(),
            "ai:\n  providers: # none\n    - name: x\n      password: p\nb: 1\n",
        ),
        (
            "ai:\n  defaultprovider: z\n",
            entry(),
            "ai:\n  defaultprovider: z\n  providers:\n    - name: x\n      password: p\n",
        ),
        (
            "ai:\n  providers:\n  - name: z",
            entry(),
            "ai:\n  providers:\n  - name: z\n  - name: x\n    password: p\n",
        ),
        (
            "{\"ai\": {\"providers\": [{\"name\": \"x\", \"model\": \"m\"}]}}",
            entry(),
            "{\"ai\": {\"providers\": [{\"password\": \"p\", \"name\": \"x\", \"model\": \"m\"}]}}",
        ),
        (
            "ai: {providers: [{name: z}]}\n",
            entry(),
            "ai: {providers: [{name: z}, {\"name\":\"x\",\"password\":\"p\"}]}\n",
        ),
        (
            "ai: {providers: [{name: z}, {name: x}]}\n",
            AiStep::Remove("x".to_owned()),
            "ai: {providers: [{name: z}]}\n",
        ),
        (
            "ai: {providers: [{name: z, model: a}]}\n",
            set("z", &[("model", None)]),
            "ai: {providers: [{name: z}]}\n",
        ),
        ("ai:\n  providers:\n    - name: x\n", AiStep::Remove("x".to_owned()), "ai:\n  providers: []\n"),
        (
            "ai:\n  providers:\n    -\n      name: z\n    -\n      name: x\nb: 1\n",
            AiStep::Remove("x".to_owned()),
            "ai:\n  providers:\n    -\n      name: z\nb: 1\n",
        ),
        (
            "ai:\n  providers:\n    - name: x\n      password: |\n        old\n      model: m\n",
            entry(),
            "ai:\n  providers:\n    - name: x\n      password: p\n      model: m\n",
        ),
        (
            "ai:\n  providers:\n    - name: x\n      password:\n      model: m\n",
            entry(),
            "ai:\n  providers:\n    - name: x\n      password: p\n      model: m\n",
        ),
        (
            "ai:\r\n  providers:\r\n    - name: x\r\n",
            entry(),
            "ai:\r\n  providers:\r\n    - name: x\r\n      password: p\r\n",
        ),
        ("a: &a {name: x}\nai:\n  providers: [*a]\n", entry(), ""),
    ];
    for (before, step, after) in cases {
        let new = applied(before, step.clone()).unwrap_or_default();
        assert_eq!(&new, after, "before: {before:?}");
    }
}

#[test]
fn a_change_that_may_hold_keys_makes_the_file_private_and_is_not_shown() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("k8sgpt.yaml");
    fs::write(&path, "a: 1\n").unwrap();
    let change = Change::Ai(AiChange(vec![set("x", &[("password", Some("hunter2"))])]));
    assert_eq!(format!("{change:?}"), "Ai([(\"set\", \"x\", [\"password\"])])");
    ConfigFile::new(path.clone()).apply(&change).unwrap();
    assert!(fs::read_to_string(&path).unwrap().contains("hunter2"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn key_places_are_read() {
    let text = "ai: {providers: [{name: a, passwordenv: KEY}, {name: b, PasswordFile: k}, {name: c, passwordkeyring: true}]}";
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("k8sgpt.yaml");
    fs::write(&path, text).unwrap();
    let config = ConfigFile::new(path).load().unwrap();
    let places: Vec<_> = config.providers.iter().map(|p| p.key_place.clone().unwrap()).collect();
    let file = KeyPlace::File(directory.path().join("k"));
    assert_eq!(places, [KeyPlace::Variable("KEY".to_owned()), file, KeyPlace::Keyring]);
    let both =
        parse::config("ai: {providers: [{name: a, password: hunter2, passwordenv: KEY}]}").err().unwrap();
    assert!(both.text.contains("only one of") && !both.text.contains("hunter2"), "{}", both.text);
}

#[test]
fn oddities_name_what_nobody_reads() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("k8sgpt.yaml");
    fs::write(&path, "activ_filters: []\nverbose: false\nai: {Default: x, providers: [{name: a, pasword: hunter2}, {name: A}]}\n").unwrap();
    #[cfg(unix)]
    fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o640)).unwrap();
    let odd = ConfigFile::new(path).oddities().unwrap();
    let all = odd.join("\n");
    for part in [
        "\"activ_filters\" is no key that is read; did you mean active_filters?",
        "ai.\"Default\"",
        "did you mean password",
        "\"a\" is there twice",
    ] {
        assert!(all.contains(part), "{part}: {all}");
    }
    assert!(!all.contains("hunter2") && !all.contains("verbose"));
    #[cfg(unix)]
    assert!(all.contains("0640") && odd.len() == 5, "{all}");
}
