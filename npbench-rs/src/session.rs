//! Child processes that measure, and the conversation with them.

use crate::interrupt;
use crate::worker::Command;
use serde_json::Value as Json;
use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command as Process, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Why a child gave no answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Failure {
    /// It used up its time and was stopped.
    Timeout,
    /// It ended by itself: how, and the last thing it said.
    Crashed(String),
    /// It answered that it cannot.
    Refused(String),
    /// The user ended the whole run.
    Interrupted,
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Timeout => f.write_str("timeout"),
            Self::Crashed(how) => write!(f, "crashed: {how}"),
            Self::Refused(why) => f.write_str(why),
            Self::Interrupted => f.write_str("interrupted"),
        }
    }
}

/// How long an answer is waited for without a look at the user's wishes.
const LOOK_UP: Duration = Duration::from_millis(200);

/// A measuring process. It is killed when dropped.
pub struct Session {
    child: Child,
    answers: Receiver<String>,
    complaints: Option<JoinHandle<Vec<u8>>>,
    /// Time that it may still spend on answers.
    left: Duration,
}

impl Session {
    /// Starts a process and waits until it is ready: what it says then. It may spend `budget` on that (reading and
    /// compiling), and as much again on all its answers.
    pub fn start(mut process: Process, budget: Duration) -> Result<(Self, Json), Failure> {
        let mut child = process
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|e| Failure::Crashed(format!("{}: {e}", process.get_program().display())))?;
        let (sender, answers) = channel();
        if let Some(output) = child.stdout.take() {
            std::thread::spawn(move || {
                for line in BufReader::new(output).lines().map_while(Result::ok) {
                    if sender.send(line).is_err() {
                        break;
                    }
                }
            });
        }
        let complaints = child
            .stderr
            .take()
            .map(|errors| std::thread::spawn(move || last_bytes(errors)));
        let mut session = Self {
            child,
            answers,
            complaints,
            left: budget,
        };
        let ready = session.receive()?;
        session.left = budget;
        Ok((session, ready))
    }

    /// Sends a command and waits for the answer.
    pub fn ask(&mut self, command: &Command) -> Result<Json, Failure> {
        let line = serde_json::to_string(command).map_err(|e| Failure::Refused(e.to_string()))?;
        let sent = match self.child.stdin.as_mut() {
            Some(input) => writeln!(input, "{line}")
                .and_then(|()| input.flush())
                .is_ok(),
            None => false,
        };
        if sent {
            self.receive()
        } else {
            Err(self.crashed())
        }
    }

    /// Runs the program: seconds of each timed run.
    pub fn run(&mut self, repeat: usize, limit: Duration) -> Result<Vec<f64>, Failure> {
        let answer = self.ask(&Command::Run {
            repeat,
            limit_s: limit.as_secs_f64(),
        })?;
        let times = answer["times"]
            .as_array()
            .map(|times| times.iter().filter_map(Json::as_f64).collect());
        times.ok_or_else(|| Failure::Refused(format!("unexpected answer {answer}")))
    }

    fn receive(&mut self) -> Result<Json, Failure> {
        // Looks up now and then whether the user ends the run.
        let answer = loop {
            if interrupt::requested() {
                self.stop();
                return Err(Failure::Interrupted);
            }
            let begin = Instant::now();
            let answer = self.answers.recv_timeout(self.left.min(LOOK_UP));
            self.left = self.left.saturating_sub(begin.elapsed());
            if answer != Err(RecvTimeoutError::Timeout) || self.left.is_zero() {
                break answer;
            }
        };
        match answer {
            Ok(line) => {
                let answer: Json = serde_json::from_str(&line)
                    .map_err(|e| Failure::Refused(format!("unexpected answer {line:?}: {e}")))?;
                match answer["error"].as_str() {
                    Some(why) => Err(Failure::Refused(why.to_owned())),
                    None => Ok(answer),
                }
            }
            Err(RecvTimeoutError::Timeout) => {
                self.stop();
                Err(Failure::Timeout)
            }
            Err(RecvTimeoutError::Disconnected) => Err(self.crashed()),
        }
    }

    fn crashed(&mut self) -> Failure {
        drop(self.child.stdin.take());
        let status = match self.child.wait() {
            Ok(status) => status.to_string(),
            Err(e) => e.to_string(),
        };
        let complaints = self
            .complaints
            .take()
            .and_then(|thread| thread.join().ok())
            .unwrap_or_default();
        let complaints = String::from_utf8_lossy(&complaints);
        let last = complaints
            .lines()
            .rev()
            .find(|line| !line.trim().is_empty() && !line.starts_with("note: "));
        Failure::Crashed(match last {
            Some(line) => format!("{status}: {}", line.trim()),
            None => status,
        })
    }

    fn stop(&mut self) {
        // Both fail only when the process has already ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The last few kilobytes of a stream.
fn last_bytes(mut stream: impl Read) -> Vec<u8> {
    const KEPT: usize = 4096;
    let mut kept = VecDeque::with_capacity(KEPT);
    let mut buffer = [0; KEPT];
    while let Ok(read @ 1..) = stream.read(&mut buffer) {
        kept.extend(&buffer[..read]);
        kept.drain(..kept.len().saturating_sub(KEPT));
    }
    kept.into()
}
