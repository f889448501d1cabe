//! Jobs over one connection: a sliding window, so that a slow link costs a handful of round trips.

use std::collections::{BTreeMap, VecDeque};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesOrdered;
use tokio::time::{Instant, sleep, sleep_until, timeout_at};
use tokio_postgres::Client;

use crate::collect::outcome::not_begun;
use crate::collect::session::{Failure, Node, Told, begin, end};
use crate::collect::{Error, Options, Stop};
use crate::connect::Connection;
use crate::connect::settings::Settings;
use crate::snapshot::{Cost, Part, Stopped};

/// How many jobs are under way at once.
const WINDOW: usize = 8;

/// A link that takes longer for a round trip is slow.
const SLOW: Duration = Duration::from_millis(10);

/// How many jobs are under way at once on a slow link, where each round trip counts for more than a quick end.
const WIDE: usize = 4 * WINDOW;

/// How much longer than its time-out an answer may take before the session is given up.
const GRACE: Duration = Duration::from_secs(2);

/// How often a standby under load may end the session before it is left alone.
const OUSTED: u8 = 20;

/// How often the first transaction is begun, where somebody cancels it.
const BEGINNINGS: u8 = 5;

/// How long the answers that are still owed are waited for after a stop.
const FAREWELL: Duration = Duration::from_secs(2);

/// How long a statement has to run before a stop cancels it.
const PATIENCE: Duration = Duration::from_millis(200);

/// The answer of one attempt at a job.
pub(super) type Attempt<'a, T> =
    Pin<Box<dyn Future<Output = Result<(T, Vec<Told>), Failure>> + 'a>>;

/// Something to ask, as often as it has to be asked.
pub(super) trait Job {
    type Answer;

    /// Begins an attempt: all its messages are sent when the future is polled first.
    fn attempt<'a>(&'a self, client: Arc<Client>, envelope: &'a str) -> Attempt<'a, Self::Answer>;

    /// How many statements it sends.
    fn statements(&self) -> u32 {
        1
    }

    fn part(&self) -> Part {
        Part::Rest
    }

    fn name(&self) -> &str;
}

/// A job's answer, and how long the server took for it. `None`: it was stopped before it answered.
pub(super) type Answered<T> = Option<(Result<T, Failure>, Duration)>;

pub(super) struct Pipeline<'a> {
    /// Of the one server that was taken.
    settings: Settings,
    options: &'a Options,
    stop: &'a mut Stop,
    connection: Connection,
    node: Option<Node>,
    window: usize,
    reconnected: bool,
    ousted: u8,
    stopped: Option<Stopped>,
    costs: BTreeMap<(Part, String), Cost>,
    progress: &'a dyn Fn(&str),
}

impl<'a> Pipeline<'a> {
    pub(super) async fn open(
        settings: &Settings,
        options: &'a Options,
        stop: &'a mut Stop,
        progress: &'a dyn Fn(&str),
    ) -> Result<Self, Error> {
        let connection = tokio::select! {
            biased;
            opened = Connection::open(settings, options.deadline) => opened?,
            stopped = stop.wait(options.deadline) => return Err(Error::Stopped(stopped)),
        };
        let mut pipeline = Self {
            settings: connection.again(settings),
            options,
            stop,
            connection,
            node: None,
            window: WINDOW,
            reconnected: false,
            ousted: 0,
            stopped: None,
            costs: BTreeMap::new(),
            progress,
        };
        match pipeline.begin().await {
            Ok(()) => Ok(pipeline),
            Err(error) => {
                pipeline.connection.close().await;
                Err(error)
            }
        }
    }

    /// Begins the first transaction of a connection. A cancel that was meant for somebody else is forgiven.
    async fn begin(&mut self) -> Result<(), Error> {
        let limit = self.options.limits.statement + GRACE;
        let mut tries = 0;
        loop {
            let asked = Instant::now();
            let begun = tokio::select! {
                biased;
                begun = begin(&self.connection.client) => begun,
                stopped = self.stop.wait(self.options.deadline) => {
                    self.stopped = Some(stopped);
                    return Err(Error::Stopped(stopped));
                }
                () = sleep(limit) => Err(Failure::Stalled(limit)),
            };
            tries += 1;
            match begun {
                Ok(()) => {
                    // What is under way is paid for, whatever the budget says.
                    let narrow = asked.elapsed() < SLOW || self.options.limits.budget.is_some();
                    self.window = if narrow { WINDOW } else { WIDE };
                    return Ok(());
                }
                Err(failure) if failure.is_cancelled() && tries < BEGINNINGS => {}
                Err(failure) => return Err(Error::Server(not_begun(&failure))),
            }
        }
    }

    /// What ended the run early, if anything did.
    pub(super) fn stopped(&self) -> Option<Stopped> {
        self.stopped
    }

    /// Where it is connected to.
    pub(super) fn place(&self) -> String {
        self.connection.place().to_owned()
    }

    pub(super) async fn close(self) {
        end(&self.connection.client);
        self.connection.close().await;
    }

    /// Runs all jobs and gives their answers in the same order.
    pub(super) async fn run<J: Job>(
        &mut self,
        jobs: &[J],
        envelope: &str,
    ) -> Result<Vec<Answered<J::Answer>>, Error> {
        let mut answers: Vec<Answered<J::Answer>> = jobs.iter().map(|_| None).collect();
        let mut tries = vec![0_u8; jobs.len()];
        let mut waiting: VecDeque<usize> = (0..jobs.len()).collect();
        let mut owed: VecDeque<usize> = VecDeque::new();
        let mut window = FuturesOrdered::new();
        // The server works on one statement at a time: a job's clock starts when the one before it answered.
        let mut clock = Instant::now();

        while self.stopped.is_none() && !(waiting.is_empty() && owed.is_empty()) {
            while window.len() < self.window
                && let Some(index) = waiting.pop_front()
            {
                let part = jobs[index].part();
                if part != Part::Rest && self.is_spent() {
                    continue;
                }
                // Of the dear ones no more than one.
                if part == Part::Reading && self.options.limits.budget.is_some() && !owed.is_empty()
                {
                    waiting.push_front(index);
                    break;
                }
                if owed.is_empty() {
                    clock = Instant::now();
                }
                window
                    .push_back(jobs[index].attempt(Arc::clone(&self.connection.client), envelope));
                owed.push_back(index);
            }
            let Some(&first) = owed.front() else {
                break;
            };
            let limit = self.options.limits.statement * jobs[first].statements() + GRACE;
            let mut lost = None;
            tokio::select! {
                biased;
                Some(attempt) = window.next() => {
                    let took = clock.elapsed();
                    self.spent(&jobs[first], &attempt, clock);
                    clock = Instant::now();
                    match attempt {
                        Err(failure @ (Failure::Lost(_) | Failure::Ousted(_))) => lost = Some(failure),
                        Err(failure) if tries[first] < failure.retries() => {
                            owed.pop_front();
                            tries[first] += 1;
                            waiting.push_back(first);
                        }
                        answer => {
                            owed.pop_front();
                            for told in answer.iter().flat_map(|(_, told)| told) {
                                self.same_node(&told.node)?;
                            }
                            (self.progress)(jobs[first].name());
                            let answer = answer.map(|(answer, _)| answer).map_err(|failure| {
                                // Long before our own time-out: it was somebody else's cancel.
                                let early = took < self.options.limits.statement / 2;
                                if early && failure.is_cancelled() { Failure::Disturbed } else { failure }
                            });
                            answers[first] = Some((answer, took));
                        }
                    }
                }
                stopped = self.stop.wait(self.options.deadline) => self.stopped = Some(stopped),
                () = sleep_until(clock + limit) => {
                    owed.pop_front();
                    answers[first] = Some((Err(Failure::Stalled(limit)), limit));
                    let _ = timeout_at(Instant::now() + GRACE, self.connection.canceller().cancel()).await;
                    lost = Some(Failure::Lost(format!("the server gave no answer for {} s", limit.as_secs())));
                }
            }
            if let Some(failure) = lost {
                window.clear();
                let resumed = self.reconnect(&failure).await;
                let unanswered: Vec<_> = owed.drain(..).chain(waiting.drain(..)).collect();
                if resumed {
                    waiting.extend(unanswered);
                } else if self.stopped.is_none() {
                    self.stopped = Some(Stopped::Lost);
                    for index in unanswered {
                        answers[index] = Some((Err(failure.clone()), Duration::ZERO));
                    }
                }
            }
        }

        // One cancel ends only the statement that runs: each answer that is owed may need one of its own.
        let until = Instant::now() + FAREWELL;
        for index in owed {
            match self.farewell(&mut window, until).await {
                Some(Ok((answer, _))) => answers[index] = Some((Ok(answer), clock.elapsed())),
                Some(Err(_)) => {}
                None => break,
            }
        }
        Ok(answers)
    }

    /// Writes down what an attempt cost that began when the one before it was answered.
    fn spent<J: Job>(
        &mut self,
        job: &J,
        attempt: &Result<(J::Answer, Vec<Told>), Failure>,
        began: Instant,
    ) {
        let mut since = began;
        let told = attempt.iter().flat_map(|(_, told)| told);
        let mut parts: Vec<_> = told
            .map(|told| {
                let took = told.at.saturating_duration_since(since);
                since = told.at;
                let name = told.name.as_deref().unwrap_or(job.name());
                (name, took, told.rows, told.bytes)
            })
            .collect();
        if parts.is_empty() {
            parts.push((job.name(), began.elapsed(), 0, 0));
        }
        for (name, took, rows, bytes) in parts {
            let key = (job.part(), name.to_owned());
            let cost = self.costs.entry(key).or_insert_with(|| Cost {
                part: job.part(),
                name: name.to_owned(),
                ms: 0.0,
                rows: 0,
                bytes: 0,
            });
            cost.ms += took.as_secs_f64() * 1000.0;
            cost.rows += rows;
            cost.bytes += bytes;
        }
    }

    /// Whether the checks had all the time that they may take.
    fn is_spent(&self) -> bool {
        let Some(budget) = self.options.limits.budget else {
            return false;
        };
        let checks = self.costs.values().filter(|cost| cost.part != Part::Rest);
        let spent: f64 = checks.map(|cost| cost.ms).sum();
        spent >= budget.as_secs_f64() * 1000.0
    }

    /// What all that was asked cost.
    pub(super) fn costs(&mut self) -> Vec<Cost> {
        std::mem::take(&mut self.costs).into_values().collect()
    }

    /// The next answer that is still owed after a stop; what runs for long is cancelled. `None`: there is none.
    ///
    /// A cancel request ends whatever runs when it arrives. Only what has been at it for a while is cancelled, so
    /// that the statements behind it, which are sent already, leave no error in the log; a request that comes too
    /// late is made again.
    async fn farewell<T>(
        &self,
        window: &mut FuturesOrdered<Attempt<'_, T>>,
        until: Instant,
    ) -> Option<Result<(T, Vec<Told>), Failure>> {
        loop {
            let patience = until.min(Instant::now() + PATIENCE);
            if let Ok(answer) = timeout_at(patience, window.next()).await {
                return answer;
            }
            if Instant::now() >= until {
                return None;
            }
            let _ = timeout_at(until, self.connection.canceller().cancel()).await;
        }
    }

    fn same_node(&mut self, node: &Node) -> Result<(), Error> {
        match &self.node {
            Some(known) if known != node => Err(Error::NodeChanged),
            Some(_) => Ok(()),
            None => {
                self.node = Some(node.clone());
                Ok(())
            }
        }
    }

    /// Opens a lost connection once more. `false` when that was done before or does not work.
    async fn reconnect(&mut self, after: &Failure) -> bool {
        let again = match after {
            Failure::Ousted(_) => {
                self.ousted += 1;
                self.ousted <= OUSTED
            }
            _ => !std::mem::replace(&mut self.reconnected, true),
        };
        if !again {
            return false;
        }
        let opened = tokio::select! {
            biased;
            opened = Connection::open(&self.settings, self.options.deadline) => opened,
            stopped = self.stop.wait(self.options.deadline) => {
                self.stopped = Some(stopped);
                return false;
            }
        };
        let begun = match opened {
            Ok(connection) => {
                self.connection = connection;
                self.begin().await
            }
            Err(error) => Err(error.into()),
        };
        if let Err(error) = &begun {
            tracing::info!("the lost connection could not be opened again: {error}");
        }
        begun.is_ok()
    }
}
