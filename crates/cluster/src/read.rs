//! Reads a View: every kind listed once, all at the same time, page by page into lean structs.

use std::time::{Duration, Instant};

use bytes::Bytes;
use futures::StreamExt;
use view::{Builder, Kind, KindInfo, Page, PageError, Rows, Status, Time, View};

use crate::cluster::Cluster;
use crate::error::Error;
use crate::names;
use crate::send::{Ask, Deadline, JSON};

/// Kinds that are listed at the same time.
const CONCURRENT: usize = 8;
/// How often a list that was overtaken by changes is started again.
const RESTARTS: u32 = 2;

/// What to read.
#[derive(Clone, Debug)]
pub struct ReadPlan {
    /// The kinds, each listed once.
    pub kinds: Vec<Kind>,
    /// Narrows the lists of namespaced kinds; cluster-scoped kinds are read whole.
    pub namespace: Option<String>,
    /// Objects a page.
    pub page_limit: u32,
    /// Time for the whole read.
    pub deadline: Duration,
    /// Leaves out events of type Normal.
    pub warnings_only: bool,
}

impl Default for ReadPlan {
    fn default() -> Self {
        ReadPlan {
            kinds: Vec::new(),
            namespace: None,
            page_limit: 500,
            deadline: Duration::from_secs(60),
            warnings_only: false,
        }
    }
}

/// What was read.
#[derive(Clone, Debug)]
pub struct ReadOutcome {
    /// The cluster as a value; its coverage says what could not be read, and why.
    pub view: View,
    /// API requests made for it.
    pub requests: u64,
    /// Objects that could not be read as their kind and were left out.
    pub skipped: usize,
    /// Time it took.
    pub elapsed: Duration,
}

/// The rows of a kind, how complete they are, and how many were left out.
struct KindRead {
    rows: Rows,
    status: Status,
    skipped: usize,
}

/// Why pages ended before the last one.
enum Interrupted {
    /// The cluster cannot be used at all: no other list would do better.
    Whole(Error),
    /// Only this list failed.
    Kind(Error),
    /// The answer was not a list.
    Page(PageError),
}

impl Cluster {
    /// Reads the kinds of a plan into a View. A kind that cannot be read is a gap of its coverage,
    /// not an error.
    ///
    /// # Errors
    /// [`Error::Unreachable`], [`Error::Unauthorized`] and errors of the credentials, which concern
    /// every kind; [`Error::BadName`] for the namespace.
    pub async fn read(&self, plan: &ReadPlan) -> Result<ReadOutcome, Error> {
        let started = Instant::now();
        let before = self.requests();
        let namespace = plan.namespace.as_deref().filter(|namespace| !namespace.is_empty());
        let namespace = namespace.map(names::namespace).transpose()?;
        let deadline = Deadline::after(plan.deadline);
        let mut kinds = plan.kinds.clone();
        kinds.sort();
        kinds.dedup();
        let version = async {
            let version = self.version().await;
            version.map(|version| version.git_version).unwrap_or_default()
        };
        let lists = async {
            let mut reads = Vec::new();
            let mut lists = futures::stream::iter(kinds)
                .map(|kind| self.read_kind(kind, plan, namespace, deadline))
                .buffer_unordered(CONCURRENT);
            while let Some(read) = lists.next().await {
                reads.push(read?);
            }
            Ok::<_, Error>(reads)
        };
        // A failed list ends the read at once, without waiting for the version.
        let (reads, version) = futures::try_join!(lists, async { Ok(version.await) })?;
        let mut builder = Builder::new(Time::from_unix(self.now().as_second()), &version);
        let mut skipped = 0;
        for read in reads {
            skipped += read.skipped;
            builder.set(read.rows, read.status, namespace);
        }
        let view = tokio::task::spawn_blocking(move || builder.finish()).await;
        let view = view.map_err(|failure| Error::Malformed {
            what: "read the cluster".to_owned(),
            reason: failure.to_string(),
        })?;
        Ok(ReadOutcome { view, requests: self.requests() - before, skipped, elapsed: started.elapsed() })
    }

    async fn read_kind(
        &self,
        kind: Kind,
        plan: &ReadPlan,
        namespace: Option<&str>,
        deadline: Deadline,
    ) -> Result<KindRead, Error> {
        let mut restarts = 0;
        loop {
            let mut read = KindRead { rows: Rows::empty(kind), status: Status::Complete, skipped: 0 };
            match self.read_pages(&mut read, plan, namespace, deadline).await {
                Ok(()) => {
                    // What could not be read, or lies outside the recording, exists all the same.
                    let partial = self.0.partial && kind.info().namespaced;
                    if read.skipped > 0 || partial {
                        read.status = Status::Truncated;
                    }
                    return Ok(read);
                }
                Err(Interrupted::Whole(error)) => return Err(error),
                Err(Interrupted::Kind(Error::Gone { .. })) if restarts < RESTARTS => restarts += 1,
                Err(Interrupted::Kind(error)) => {
                    read.status = status_of(&error, !read.rows.is_empty());
                    return Ok(read);
                }
                Err(Interrupted::Page(problem)) => {
                    let some = !read.rows.is_empty();
                    read.status =
                        if some { Status::Truncated } else { Status::Failed(problem.reason.as_str().into()) };
                    return Ok(read);
                }
            }
        }
    }

    async fn read_pages(
        &self,
        read: &mut KindRead,
        plan: &ReadPlan,
        namespace: Option<&str>,
        deadline: Deadline,
    ) -> Result<(), Interrupted> {
        let kind = read.rows.kind();
        let info = kind.info();
        let namespace = namespace.filter(|_| info.namespaced);
        let mut token = String::new();
        loop {
            let ask = Ask {
                path: page_path(info, namespace, plan, &token),
                accept: JSON,
                verb: "list",
                kind: info.name,
                resource: qualified(info),
                namespace,
                name: None,
                max_bytes: self.0.options.max_bytes,
                cut: false,
                deadline,
            };
            let (body, _) = self.send(&ask).await.map_err(|error| match error {
                Error::Unreachable { .. }
                | Error::Unauthorized { .. }
                | Error::ExecPlugin { .. }
                | Error::Kubeconfig { .. }
                | Error::ContextNotFound { .. } => Interrupted::Whole(error),
                error => Interrupted::Kind(error),
            })?;
            let page = parse(&mut read.rows, body).await?;
            read.skipped += page.skipped;
            if page.continue_token.is_empty() {
                return Ok(());
            }
            token = page.continue_token;
        }
    }
}

/// Parses a page off the async threads and drops its bytes.
async fn parse(rows: &mut Rows, body: Bytes) -> Result<Page, Interrupted> {
    let mut filled = std::mem::replace(rows, Rows::empty(rows.kind()));
    let parsed = tokio::task::spawn_blocking(move || {
        let page = filled.append_page(&body);
        (filled, page)
    });
    match parsed.await {
        Ok((filled, page)) => {
            *rows = filled;
            page.map_err(Interrupted::Page)
        }
        Err(failure) => Err(Interrupted::Page(PageError { reason: failure.to_string() })),
    }
}

/// What a failed list says about its kind. After some pages, what has been read is true and the
/// rest unknown.
fn status_of(error: &Error, some: bool) -> Status {
    match error {
        Error::Gone { .. } => Status::Truncated,
        Error::Forbidden { .. } => Status::Forbidden,
        Error::NotServed { .. } => Status::Absent,
        Error::NotCaptured { .. } => Status::NotCaptured,
        _ if some => Status::Truncated,
        error => Status::Failed(error.to_string().as_str().into()),
    }
}

fn page_path(info: &KindInfo, namespace: Option<&str>, plan: &ReadPlan, token: &str) -> String {
    let mut path = format!("{}?limit={}", info.list_path(namespace), plan.page_limit.max(1));
    if plan.warnings_only && info.plural == "events" {
        path.push_str("&fieldSelector=type%21%3DNormal");
    }
    if !token.is_empty() {
        path.push_str("&continue=");
        path.push_str(&names::encode(token));
    }
    path
}

fn qualified(info: &KindInfo) -> String {
    if info.group.is_empty() { info.plural.to_owned() } else { format!("{}.{}", info.plural, info.group) }
}
