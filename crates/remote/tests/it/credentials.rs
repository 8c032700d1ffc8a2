//! Where credentials come from, in which order, and what is said when there are none.

use std::path::Path;

use remote::Settings;
use remote::eks::{Context, Reading, read};

use crate::reading::{answer, context};
use crate::server::{Reply, Request, limits, ok, settings, start};

/// Reads with these variables beside the endpoint of a stand-in; the key that signed comes back.
async fn ask(context: &Context, variables: &[(&str, &str)]) -> (Reading, String) {
    let (url, seen) = start(|request, _| answer(request)).await;
    let endpoint = [("AWS_ENDPOINT_URL_EKS", url.as_str())];
    let reading = read(context, &settings(&[variables, &endpoint].concat()), &limits()).await;
    assert!(!format!("{reading:?}").contains("canary"), "{reading:?}");
    let seen = seen.lock().unwrap();
    let signer = seen.first().map(|request| request.header("authorization").to_owned()).unwrap_or_default();
    let signer = signer.split_once("Credential=").and_then(|(_, rest)| rest.split_once('/'));
    (reading, signer.map(|(key, _)| key.to_owned()).unwrap_or_default())
}

fn file(dir: &Path, name: &str, text: &str) -> String {
    let path = dir.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, text).unwrap();
    path.to_string_lossy().into_owned()
}

#[tokio::test]
async fn profiles_of_the_home_directory_and_the_one_that_the_login_names() {
    let home = tempfile::tempdir().unwrap();
    file(
        home.path(),
        ".aws/credentials",
        "[default]\naws_access_key_id=DEFAULT\naws_secret_access_key=canary\n[dev]\naws_access_key_id=DEV\n\
         aws_secret_access_key=canary\naws_session_token=canary\n",
    );
    file(home.path(), ".aws/config", "[profile ops]\nregion=us-east-1\n[default]\nregion=eu-west-1\n");
    let home = ("HOME", home.path().to_str().unwrap());
    let (reading, key) = ask(&context(), &[home]).await;
    assert_eq!((reading.gap, key.as_str()), (None, "DEFAULT"));
    assert_eq!(ask(&context(), &[home, ("AWS_PROFILE", "dev")]).await.1, "DEV");
    // The region of the profile, where nothing else names one.
    let pod = Context { name: "in-cluster".to_owned(), ..Context::default() };
    assert_eq!(ask(&pod, &[home, ("K8SGPT_EKS_CLUSTER", "prod")]).await.1, "DEFAULT");
    let env = vec![("AWS_PROFILE".to_owned(), "dev".to_owned())];
    assert_eq!(ask(&Context { env, ..context() }, &[home, ("AWS_PROFILE", "ops")]).await.1, "DEV");
    let keys = [home, ("AWS_ACCESS_KEY_ID", "ENV"), ("AWS_SECRET_ACCESS_KEY", "canary")];
    assert_eq!(ask(&context(), &keys).await.1, "ENV");
    let args = "eks get-token --cluster-name prod --profile dev".split(' ').map(str::to_owned).collect();
    assert_eq!(ask(&Context { args, ..context() }, &keys).await.1, "DEV");
    let unknown = ask(&context(), &[home, ("AWS_PROFILE", "Dev")]).await.0.gap.unwrap();
    assert!(
        unknown.starts_with("AWS profile \"Dev\" is not in ") && unknown.ends_with("did you mean dev?"),
        "{unknown}"
    );
}

#[tokio::test]
async fn what_only_the_tools_of_aws_can_do_is_named_with_the_way_around() {
    let dir = tempfile::tempdir().unwrap();
    for (text, named) in [
        ("sso_session = corp", "single sign-on"),
        ("credential_process = /bin/echo canary", "credential_process"),
        ("role_arn = arn:aws:iam::1:role/x\nsource_profile = default", "source_profile"),
    ] {
        let config = file(dir.path(), "config", &format!("[profile corp]\n{text}\n"));
        let gap =
            ask(&context(), &[("AWS_CONFIG_FILE", &config), ("AWS_PROFILE", "corp")]).await.0.gap.unwrap();
        assert!(gap.contains("\"corp\"") && gap.contains(named), "{gap}");
        assert!(gap.contains("aws configure export-credentials --format env --profile corp"), "{gap}");
    }
}

#[tokio::test]
async fn half_a_pair_bad_characters_and_none() {
    let half = ask(&context(), &[("AWS_ACCESS_KEY_ID", "A")]).await.0.gap.unwrap();
    assert_eq!(half, "AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not; set both");
    let odd = [("AWS_ACCESS_KEY_ID", "A"), ("AWS_SECRET_ACCESS_KEY", "canary\u{1}x")];
    assert!(ask(&context(), &odd).await.0.gap.unwrap().contains("characters"));
    let nothing = ask(&context(), &[("AWS_EC2_METADATA_DISABLED", "true"), ("HOME", "/nowhere")]).await.0;
    let gap = nothing.gap.unwrap();
    assert!(
        gap.starts_with("no AWS credentials were found") && gap.contains("/nowhere/.aws/credentials"),
        "{gap}"
    );
}

const STS: &str = r#"<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
<AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>canary</SecretAccessKey>
<SessionToken>canary-session</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>
</AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>"#;

#[tokio::test]
async fn the_role_of_a_service_account() {
    let dir = tempfile::tempdir().unwrap();
    let token = file(dir.path(), "token", "canary-jwt");
    let role = |url: &str, token: &str| -> Vec<(&'static str, String)> {
        vec![
            ("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/k8sgpt".to_owned()),
            ("AWS_WEB_IDENTITY_TOKEN_FILE", token.to_owned()),
            ("AWS_ENDPOINT_URL_STS", url.to_owned()),
        ]
    };
    async fn with(variables: Vec<(&'static str, String)>) -> (Reading, String) {
        let borrowed: Vec<(&str, &str)> = variables.iter().map(|(n, v)| (*n, v.as_str())).collect();
        ask(&context(), &borrowed).await
    }
    let (url, seen) = start(|_, _| ok(STS)).await;
    let (reading, key) = with(role(&url, &token)).await;
    assert_eq!((reading.gap, key.as_str()), (None, "ASIAROLE"));
    let asked = seen.lock().unwrap()[0].clone();
    assert!(asked.target.contains("Action=AssumeRoleWithWebIdentity") && asked.target.contains("canary-jwt"));

    let denied = "<ErrorResponse><Error><Code>AccessDenied</Code><Message>Not authorized to perform \
                  sts:AssumeRoleWithWebIdentity</Message></Error></ErrorResponse>";
    let (url, _) = start(|_, _| Reply::Answer(403, String::new(), denied.to_owned())).await;
    let gap = with(role(&url, &token)).await.0.gap.unwrap();
    assert!(
        gap.contains("role/k8sgpt (web identity) gave no credentials: AccessDenied: Not authorized"),
        "{gap}"
    );
    assert!(gap.contains("trust policy"), "{gap}");
    let (url, _) = start(|_, _| ok(r#"{"SecretAccessKey": "canary"}"#)).await;
    let gap = with(role(&url, &token)).await.0.gap.unwrap();
    assert!(gap.contains("did not answer as AWS does"), "{gap}");
    let gap = with(role(&url, "/nowhere/token")).await.0.gap.unwrap();
    assert!(gap.starts_with("/nowhere/token cannot be read"), "{gap}");
}

const AGENT: &str = r#"{"AccessKeyId":"ASIAPOD","SecretAccessKey":"canary","Token":"canary-session","Expiration":"2099-01-01T00:00:00Z"}"#;

#[tokio::test]
async fn the_agents_of_pods_and_machines() {
    let dir = tempfile::tempdir().unwrap();
    let token = file(dir.path(), "token", "canary-jwt");
    let (url, seen) = start(|_, _| ok(AGENT)).await;
    let agent = format!("{url}/v1/credentials");
    let pod = [
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", agent.as_str()),
        ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", token.as_str()),
    ];
    assert_eq!(ask(&context(), &pod).await.1, "ASIAPOD");
    assert_eq!(seen.lock().unwrap()[0].header("authorization"), "canary-jwt");
    let far = [("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://example.com/"), pod[1]];
    assert!(ask(&context(), &far).await.0.gap.unwrap().contains("http://example.com/"));
    let tokenless = ask(&context(), &pod[..1]).await.0.gap.unwrap();
    assert!(tokenless.contains("export-credentials"), "{tokenless}");

    let imds = |request: &Request, _: usize| match request.target.as_str() {
        "/latest/api/token" => ok("imds-token"),
        "/latest/meta-data/iam/security-credentials/" => ok("node-role"),
        _ => ok(AGENT),
    };
    let (url, _) = start(imds).await;
    assert_eq!(ask(&context(), &[("AWS_EC2_METADATA_SERVICE_ENDPOINT", &url)]).await.1, "ASIAPOD");
    let (url, _) = start(|_, _| Reply::Hang).await;
    let gap = ask(&context(), &[("AWS_EC2_METADATA_SERVICE_ENDPOINT", &url)]).await.0.gap.unwrap();
    assert!(gap.starts_with("no AWS credentials were found"), "{gap}");
}

#[test]
fn settings_are_never_printed() {
    let settings = Settings::new(|_| Some("canary".to_owned()));
    assert!(!format!("{settings:?}").contains("canary"));
}
