//! The cache in files of this machine.

use explain::cache::{Cache, CacheOptions, CachePlace, Key, MAX_ENTRY_BYTES};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

fn cache(directory: &Path) -> Cache {
    let options = CacheOptions { directory: Some(directory.to_owned()), ..CacheOptions::default() };
    Cache::open(&CachePlace::File, &options).unwrap()
}

fn key(number: usize) -> Key {
    Key::of(&["test", &number.to_string()])
}

async fn text(cache: &Cache, key: &Key) -> Option<String> {
    cache.get(key).await.map(|entry| entry.text)
}

#[tokio::test]
async fn an_answer_is_kept_listed_and_purged() {
    let home = tempfile::tempdir().unwrap();
    let directory = home.path().join("k8sgpt").join("explanations");
    let cache = cache(&directory);
    assert!(cache.list().await.unwrap().is_empty() && !directory.exists(), "reading creates nothing");
    assert_eq!(text(&cache, &key(1)).await, None);
    cache.put(&key(1), "one").await;
    cache.put(&key(1), "one again").await;
    cache.put(&key(2), "two").await;
    assert_eq!(text(&cache, &key(1)).await.as_deref(), Some("one again"));
    let listed = cache.list().await.unwrap();
    assert_eq!(listed.len(), 2);
    assert!(listed[0].updated >= listed[1].updated && listed[0].bytes > 3);
    assert!(cache.purge(&key(1)).await.unwrap());
    assert!(!cache.purge(&key(1)).await.unwrap());
    fs::write(directory.join("notes.txt"), "mine").unwrap();
    fs::create_dir(directory.join(key(9).as_str())).unwrap();
    assert_eq!(cache.purge_all().await.unwrap(), 1);
    assert!(directory.join("notes.txt").exists(), "what is not ours stays");
    assert!(cache.warnings().is_empty());
    cache.check().await.unwrap();
    assert!(cache.list().await.unwrap().is_empty(), "the probe is deleted");
}

#[tokio::test]
async fn expired_damaged_and_foreign_entries_are_a_miss_and_one_warning() {
    let home = tempfile::tempdir().unwrap();
    let cache = cache(home.path());
    for number in 0..4 {
        cache.put(&key(number), "text").await;
    }
    let options =
        CacheOptions { directory: Some(home.path().to_owned()), ttl: Duration::ZERO, ..Default::default() };
    let old = Cache::open(&CachePlace::File, &options).unwrap();
    assert_eq!(text(&old, &key(0)).await, None);
    assert!(old.warnings().is_empty(), "that an entry is old is nothing to be warned of");
    fs::write(home.path().join(key(0).as_str()), b"\xff\x00garbage").unwrap();
    fs::write(home.path().join(key(1).as_str()), vec![b'['; MAX_ENTRY_BYTES * 2]).unwrap();
    fs::copy(home.path().join(key(3).as_str()), home.path().join(key(2).as_str())).unwrap();
    for number in 0..3 {
        assert_eq!(text(&cache, &key(number)).await, None, "{number}");
    }
    assert_eq!(text(&cache, &key(3)).await.as_deref(), Some("text"));
    let warnings = cache.warnings();
    assert!(warnings.len() == 1 && warnings[0].contains("3 entries are damaged"), "{warnings:?}");
    assert!(cache.another_run().warnings().is_empty());
    cache.put(&key(0), "new").await;
    assert_eq!(text(&cache, &key(0)).await.as_deref(), Some("new"), "a damaged entry is replaced");
    cache.put(&key(5), &"x".repeat(MAX_ENTRY_BYTES)).await;
    assert_eq!(text(&cache, &key(5)).await, None, "what is too long is not kept");
}

#[cfg(unix)]
#[tokio::test]
async fn files_belong_to_the_user_and_links_are_not_followed() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let home = tempfile::tempdir().unwrap();
    let directory = home.path().join("explanations");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let cache = cache(&directory);
    cache.put(&key(1), "one").await;
    assert_eq!((mode(&directory), mode(&directory.join(key(1).as_str()))), (0o700, 0o600));
    fs::set_permissions(&directory, fs::Permissions::from_mode(0o777)).unwrap();
    assert_eq!(text(&cache, &key(1)).await.as_deref(), Some("one"));
    assert_eq!(mode(&directory), 0o700, "an open directory is closed");
    // A link under the name of an entry is neither read nor written through.
    let victim = home.path().join("victim");
    fs::copy(directory.join(key(1).as_str()), &victim).unwrap();
    fs::remove_file(directory.join(key(1).as_str())).unwrap();
    symlink(&victim, directory.join(key(1).as_str())).unwrap();
    assert_eq!(text(&cache, &key(1)).await, None);
    let before = fs::read(&victim).unwrap();
    cache.put(&key(1), "other").await;
    assert_eq!(fs::read(&victim).unwrap(), before);
    assert_eq!(text(&cache, &key(1)).await.as_deref(), Some("other"));
    // Nor is the directory itself a link.
    let link = home.path().join("link");
    symlink(&directory, &link).unwrap();
    let linked = self::cache(&link);
    assert_eq!(text(&linked, &key(1)).await, None);
    assert!(linked.warnings()[0].contains("is no directory"), "{:?}", linked.warnings());
}

#[tokio::test]
async fn a_place_that_cannot_be_written_is_one_warning() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("file");
    fs::write(&file, "").unwrap();
    let cache = cache(&file.join("below"));
    for number in 0..3 {
        assert_eq!(text(&cache, &key(number)).await, None);
        cache.put(&key(number), "text").await;
    }
    assert_eq!(cache.warnings().len(), 1, "{:?}", cache.warnings());
    assert!(cache.check().await.unwrap_err().to_string().contains("cannot"));
    let nowhere = Cache::open(&CachePlace::File, &CacheOptions::default()).unwrap_err().to_string();
    assert!(nowhere.contains("XDG_CACHE_HOME"), "{nowhere}");
}

/// Set in the second process of the test below.
const DIRECTORY: &str = "K8SGPT_TEST_CACHE_DIRECTORY";
const WRITES: usize = 1000;

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_write_at_once() {
    let home = tempfile::tempdir().unwrap();
    let mut other = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "cache_files::the_second_process", "--ignored", "--nocapture"])
        .env(DIRECTORY, home.path())
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let wrong = write_and_read(home.path()).await;
    assert!(other.wait().unwrap().success());
    assert_eq!(wrong, 0);
    let cache = cache(home.path());
    for number in 0..20 {
        assert_eq!(text(&cache, &key(number)).await, Some(answer(number)));
    }
    let left: Vec<PathBuf> = fs::read_dir(home.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(left.len(), 20, "{left:?}");
}

#[tokio::test]
#[ignore = "started by two_processes_write_at_once"]
async fn the_second_process() {
    let directory = std::env::var_os(DIRECTORY).expect("a directory");
    assert_eq!(write_and_read(Path::new(&directory)).await, 0);
}

fn answer(number: usize) -> String {
    format!("answer {number} ").repeat(200)
}

/// Gives the number of entries that were read and were not whole.
async fn write_and_read(directory: &Path) -> usize {
    let cache = cache(directory);
    let mut wrong = 0;
    for write in 0..WRITES {
        let number = write % 20;
        cache.put(&key(number), &answer(number)).await;
        wrong += usize::from(
            text(&cache, &key((number + 7) % 20)).await.is_some_and(|t| t != answer((number + 7) % 20)),
        );
    }
    wrong + cache.warnings().len()
}

#[tokio::test]
async fn many_entries_are_no_trouble() {
    let home = tempfile::tempdir().unwrap();
    let count = if std::env::var_os("K8SGPT_TEST_MANY").is_some() { 100_000 } else { 10_000 };
    for number in 0..count {
        fs::write(home.path().join(key(number).as_str()), "x").unwrap();
    }
    let cache = cache(home.path());
    cache.put(&key(count), "text").await;
    let start = std::time::Instant::now();
    assert_eq!(text(&cache, &key(count)).await.as_deref(), Some("text"));
    let read = start.elapsed();
    assert_eq!(cache.list().await.unwrap().len(), count + 1);
    let listed = start.elapsed() - read;
    assert_eq!(cache.purge_all().await.unwrap(), count as u64 + 1);
    println!(
        "{count} entries: read {read:?}, listed {listed:?}, purged {:?}",
        start.elapsed() - listed - read
    );
}
