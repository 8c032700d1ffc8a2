use crate::{Ran, home, run};
use serde_json::Value;
use std::fs;

/// Runs with a configuration file of its own.
fn with_file(text: &str) -> (tempfile::TempDir, impl Fn(&[&str]) -> Ran, impl Fn() -> String) {
    let home = home();
    let path = home.path().join("config.yaml");
    fs::write(&path, text).unwrap();
    let (own, at) = (home.path().to_owned(), path.clone());
    let run = move |arguments: &[&str]| {
        let config = at.to_str().unwrap();
        run(&own, &[arguments, &["--config", config]].concat())
    };
    (home, run, move || fs::read_to_string(&path).unwrap())
}

#[test]
fn providers_are_added_changed_and_removed_in_place() {
    let (_home, k, text) = with_file(
        "# mine\nai:\n  providers:\n    # first\n    - name: cohere\n      password: k\n      own: 1\n",
    );
    let added = k(&[
        "auth",
        "add",
        "-b",
        "azureopenai",
        "-p",
        "s",
        "-e",
        "dep",
        "-u",
        "https://h/",
        "-t",
        "1.5",
        "--topp",
        "0.2",
    ]);
    assert_eq!(
        (added.code, added.out.as_str()),
        (0, "azureopenai added to the AI backend provider list\n"),
        "{}",
        added.err
    );
    assert!(added.err.contains("process lists") && added.err.contains("above 1"), "{}", added.err);
    let entry = "    - name: azureopenai\n      baseurl: \"https://h/\"\n      engine: dep\n      temperature: 1.5\n      topp: 0.2\n      password: s\n";
    let before =
        "# mine\nai:\n  providers:\n    # first\n    - name: cohere\n      password: k\n      own: 1\n";
    assert_eq!(text(), format!("{before}{entry}"));
    let updated = k(&[
        "auth",
        "update",
        "-b",
        "azureopenai,cohere",
        "-c",
        "9",
        "-l",
        "100",
        "-s",
        "a,b",
        "--topp",
        "",
        "-r",
        "eu",
    ]);
    let line = "azureopenai, cohere updated in the AI backend provider list\n";
    assert_eq!((updated.code, updated.out.as_str()), (0, line), "{}", updated.err);
    assert!(text().contains("own: 1\n      providerregion: eu\n      topk: 9\n      maxtokens: 100\n      stopsequences: [\"a\",\"b\"]\n"), "{}", text());
    assert!(!text().contains("topp"));
}

#[test]
fn a_default_provider_is_chosen_and_goes_with_its_provider() {
    let (_home, k, text) =
        with_file("# mine\nai: {providers: [{name: cohere, password: k}, {name: ollama}]}\n");
    assert_eq!(
        k(&["auth", "default"]).out.lines().next().unwrap(),
        "There is no default provider: explanations are the built-in guidance of each rule."
    );
    assert_eq!(k(&["auth", "default", "-p", "Cohere"]).out, "Default provider set to cohere\n");
    assert_eq!(k(&["auth", "default"]).out, "Your default provider is cohere\n");
    let removed = k(&["auth", "remove", "-b", "cohere,ollama"]);
    assert_eq!(
        removed.out,
        "cohere deleted from the AI backend provider list\nollama deleted from the AI backend provider list\n"
    );
    assert!(removed.err.contains("default provider was removed"));
    assert!(text().starts_with("# mine\nai: {providers: ["));
}

#[test]
fn mistakes_are_refused_and_nothing_is_written() {
    let before = "ai: {providers: [{name: ollama}]}\n";
    let (home, k, text) = with_file(before);
    fs::write(home.path().join("empty"), "").unwrap();
    let cases: &[(&[&str], i32, &str)] = &[
        (&["auth", "add", "-b", "opnai"], 1, "did you mean openai?"),
        (&["auth", "add", "-b", "ollama"], 1, "k8sgpt auth update -b ollama"),
        (
            &["auth", "add"],
            1,
            "openai needs a key; give one with --password-env NAME, or --password-file PATH",
        ),
        (&["auth", "add", "-b", "azureopenai"], 1, "needs --engine and --baseurl"),
        (&["auth", "add", "-b", "amazonsagemaker"], 1, "needs --providerRegion and --endpointname"),
        (&["auth", "add", "-b", "googlevertexai"], 1, "needs --providerId"),
        (&["auth", "add", "-b", "oci"], 1, "needs --compartmentId"),
        (
            &["auth", "add", "-b", "litellm", "-t", "-1"],
            1,
            "--temperature: \"-1\" is not accepted: it is a number from 0 to 2",
        ),
        (&["auth", "add", "-b", "litellm", "--topp", "2"], 1, "--topp: \"2\""),
        (&["auth", "add", "-b", "litellm", "-c", "0"], 1, "--topk: \"0\""),
        (&["auth", "add", "--password-file", "empty"], 1, "is empty"),
        (&["auth", "add", "--password-file", "missing"], 1, "cannot be read"),
        (&["auth", "add", "--password-env", "a b"], 1, "name of an environment variable"),
        (&["auth", "add", "-p", "x", "--password-env", "A"], 1, "--password and --password-env"),
        (&["auth", "update", "-b", "ollama"], 1, "nothing to change"),
        (&["auth", "update", "-m", "x"], 1, "no AI backend was named"),
        (&["auth", "update", "-b", "groq", "-m", "x"], 1, "k8sgpt auth add -b groq"),
        (&["auth", "remove", "-b", "ollama,groq"], 1, "which has ollama"),
        (&["auth", "default", "-p", "groq"], 1, "k8sgpt auth add -b groq"),
        (&["auth", "what"], 2, "what"),
    ];
    for (arguments, code, part) in cases {
        let ran = k(arguments);
        assert_eq!((ran.code, ran.out.as_str()), (*code, ""), "{arguments:?}");
        assert!(ran.err.contains(part), "{arguments:?}: {}", ran.err);
        assert_eq!(text(), before, "{arguments:?}");
    }
}

#[test]
fn lists_have_the_sections_of_the_original() {
    let (_home, k, _) =
        with_file("ai: {providers: [{name: groq, passwordenv: MINE, model: m}, {name: cohere}]}\n");
    let listed = k(&["auth", "list"]);
    assert!(
        listed.out.starts_with("Default:\nActive:\n> cohere\n> groq\nUnused:\n> openai\n> anthropic\n"),
        "{}",
        listed.out
    );
    assert!(listed.err.contains("cohere cannot be called without a key"), "{}", listed.err);
    let details = k(&["auth", "list", "--details"]).out;
    assert!(details.contains("> groq\n   - key: from env MINE\n   - model: m\n"), "{details}");
    let json: Value = serde_json::from_str(&k(&["auth", "list", "-o", "json"]).out).unwrap();
    assert_eq!(json["active"][1]["settings"]["model"], "m");
    assert_eq!(json["active"][0]["missing"][0], "password");
    assert_eq!(json["unused"].as_array().unwrap().len(), 17);
}

#[test]
fn generate_shows_the_page_of_the_backend_that_was_asked_for() {
    let home = home();
    let page = |name: &str| run(home.path(), &["generate", "-b", name]).out;
    assert!(page("openai").starts_with("https://platform.openai.com/api-keys\n"));
    assert!(page("groq").contains("`k8sgpt auth add -b groq`"));
    assert!(page("ollama").contains("needs no key"));
    assert!(page("customrest").starts_with("customrest needs no key"));
    assert_eq!(run(home.path(), &["generate", "-b", "x"]).code, 1);
}
