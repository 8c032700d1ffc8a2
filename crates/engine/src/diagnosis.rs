//! What an analysis has come to, before and after causes are explained.

use crate::engine::on_thread;
use crate::finish::Folded;
use crate::report::Gap;
use crate::{Error, Report, Run};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What an analysis has come to: the causes, and what the report says of the run.
pub(crate) struct Diagnosis {
    pub folded: Arc<Folded>,
    pub gaps: Vec<Gap>,
    pub errors: Vec<String>,
    pub run: Run,
    pub clock: Stages,
}

impl Diagnosis {
    /// The report as things stand.
    pub(crate) async fn report(&self) -> Result<Report, Error> {
        let (folded, gaps, errors) = (self.folded.clone(), self.gaps.clone(), self.errors.clone());
        let mut report = on_thread(move || folded.report(gaps, errors)).await?;
        report.run = Run {
            elapsed_ms: milliseconds(self.clock.started.elapsed()),
            stages_ms: self.clock.stages.clone(),
            objects: report.run.objects,
            observed_at: report.run.observed_at,
            ..self.run.clone()
        };
        Ok(report)
    }
}

/// Stopwatch for the stages of a run.
pub(crate) struct Stages {
    started: Instant,
    last: Instant,
    stages: Vec<(&'static str, u64)>,
}

impl Stages {
    pub(crate) fn new(started: Instant) -> Stages {
        Stages { started, last: started, stages: Vec::new() }
    }

    pub(crate) fn mark(&mut self, name: &'static str) {
        let now = Instant::now();
        self.stages.push((name, milliseconds(now.duration_since(self.last))));
        self.last = now;
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
