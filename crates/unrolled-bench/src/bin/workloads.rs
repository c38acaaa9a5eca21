//! The native engine as a child of the bench; bench/README.md has the protocol.

use std::error::Error;
use std::io::{BufRead, Write, stdin, stdout};
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::{Value, json};
use unrolled_bench::training::{Training, Workload};
use unrolled_core::Isa;

#[derive(Deserialize)]
struct Request {
    workload: Workload,
    batch: usize,
    seconds: f64,
    #[serde(default)]
    prepare: bool,
}

/// The workload that is being trained.
struct Current {
    name: String,
    training: Training,
    /// Steps of a sample.
    length: usize,
}

/// A sample takes about this long, in seconds: less than a slice of the scheduler.
const SAMPLE: f64 = 1e-3;

fn main() -> Result<(), Box<dyn Error>> {
    let isa = Isa::fastest();
    let version = format!("{} ({})", env!("CARGO_PKG_VERSION"), isa.name());
    say(&json!({ "ready": true, "versions": { "unrolled native": version } }))?;
    let mut current = None;
    for line in stdin().lock().lines() {
        let request: Request = serde_json::from_str(&line?)?;
        let answer = match samples(&mut current, &request, isa) {
            Ok(samples) => json!({ "workload": request.workload.name, "samples": samples }),
            Err(error) => json!({ "workload": request.workload.name, "error": error.to_string() }),
        };
        say(&answer)?;
    }
    Ok(())
}

fn say(message: &Value) -> std::io::Result<()> {
    writeln!(stdout(), "{message}")
}

/// Microseconds a step, one figure a sample.
fn samples(
    current: &mut Option<Current>,
    request: &Request,
    isa: Isa,
) -> unrolled_core::Result<Vec<f64>> {
    let Request { workload, batch, seconds, prepare } = request;
    if current.as_ref().is_none_or(|current| current.name != workload.name) {
        *current = None;
        *current = Some(start(workload, *batch, isa)?);
    }
    let Some(Current { training, length, .. }) = current else { return Ok(Vec::new()) };
    let mut samples = Vec::new();
    let end = Instant::now() + Duration::from_secs_f64(if *prepare { 0.0 } else { *seconds });
    while Instant::now() < end {
        let begin = Instant::now();
        training.train(*length)?;
        samples.push(begin.elapsed().as_secs_f64() * 1e6 / *length as f64);
    }
    Ok(samples)
}

/// Builds and warms up; finds how many steps a sample has.
fn start(workload: &Workload, batch: usize, isa: Isa) -> unrolled_core::Result<Current> {
    let mut training = Training::new(workload, batch, isa)?;
    let mut one = f64::INFINITY;
    for _ in 0..5 {
        let begin = Instant::now();
        training.train(2)?;
        one = one.min(begin.elapsed().as_secs_f64() / 2.0);
    }
    let length = ((SAMPLE / one).round() as usize).clamp(1, workload.steps);
    Ok(Current { name: workload.name.clone(), training, length })
}
