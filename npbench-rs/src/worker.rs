//! The measuring process: one program, driven by JSON lines on standard input, as `peers/runner/runner.py` is for the others.

use crate::programs::{Preset, Program, Size};
use crate::stored;
use crate::value::{AnyArray, Value};
use dace::Work;
use dace_host::console;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use std::collections::HashMap;
use std::io::BufRead;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// What a measuring process is asked.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "lowercase")]
pub enum Command {
    /// One run to warm up, then up to `repeat` timed runs; none begins after `limit_s` seconds.
    Run { repeat: usize, limit_s: f64 },
    /// Write the results as `result_N.npy`.
    Save { directory: PathBuf },
    /// Compare with the stored results. Ours only.
    Compare,
}

/// A program with its arguments and its last results.
pub struct Instance<'a> {
    program: &'a Program,
    preset: Preset,
    arguments: Vec<Value>,
    /// The written arguments as they were, by position.
    pristine: Vec<(usize, Box<dyn AnyArray>)>,
    returned: Vec<Value>,
}

impl<'a> Instance<'a> {
    pub fn new(program: &'a Program, preset: Preset) -> Result<Self, String> {
        let arguments = program.arguments(preset)?;
        let pristine = program
            .output_positions()
            .into_iter()
            .map(|position| (position, arguments[position].clone().into_array()))
            .collect();
        Ok(Self {
            program,
            preset,
            arguments,
            pristine,
            returned: Vec::new(),
        })
    }

    /// One run on fresh arguments; the time of the call alone, in seconds.
    pub fn run(&mut self) -> Result<f64, String> {
        let run = self
            .program
            .run
            .ok_or("the compiler does not take this program yet")?;
        self.returned.clear();
        for (position, source) in &self.pristine {
            let argument = &mut self.arguments[*position];
            let restored = match argument {
                Value::Array(array) => array.assign(&**source),
                _ => false,
            };
            if !restored {
                return Err(format!("cannot restore {}", argument.describe()));
            }
        }
        let begin = Instant::now();
        let returned = run(&mut self.arguments);
        let elapsed = begin.elapsed().as_secs_f64();
        self.returned = returned?;
        Ok(elapsed)
    }

    /// Names and values of the results: written arguments, then returned values.
    pub fn results(&self) -> Vec<(String, Box<dyn AnyArray>)> {
        let written = self.pristine.iter().map(|(p, _)| {
            (
                self.program.arguments[*p].to_owned(),
                self.arguments[*p].clone().into_array(),
            )
        });
        let returned = self
            .returned
            .iter()
            .enumerate()
            .map(|(i, value)| (format!("return {i}"), value.clone().into_array()));
        written.chain(returned).collect()
    }

    /// The work at these arguments; none where a size of the text is not known.
    pub fn work(&self) -> Option<Work> {
        let text = crate::text::python(self.program.file)?;
        let mut sizes: HashMap<&str, i64> = HashMap::new();
        for (name, size) in self
            .program
            .sizes
            .iter()
            .zip(self.program.preset(self.preset))
        {
            if let Size::Int(size) = *size {
                sizes.insert(name, size);
            }
        }
        // What the arguments say goes before the names of the preset.
        for (name, value) in self.program.arguments.iter().zip(&self.arguments) {
            if let Value::Int(value) = value {
                sizes.insert(name, *value);
            }
        }
        for parameter in crate::text::arrays(&text, self.program.name)? {
            let names = &mut self.program.arguments.iter();
            let position = names.position(|name| *name == parameter.name)?;
            if let Value::Array(array) = &self.arguments[position] {
                let shape = array.shape().iter().map(|n| *n as i64);
                sizes.extend(parameter.shape.into_iter().zip(shape));
            }
        }
        (self.program.work?)(&|name| sizes.get(name).copied())
    }

    /// Writes the results as `result_N.npy`; how many there are.
    pub fn save(&self, directory: &Path) -> Result<usize, String> {
        let results = self.results();
        for (position, (_, result)) in results.iter().enumerate() {
            result.write_npy(&directory.join(format!("result_{position}.npy")))?;
        }
        Ok(results.len())
    }

    /// Largest relative error against the stored samples of NumPy's results.
    pub fn compare_stored(&self) -> Result<f64, String> {
        stored::compare(self.program.name, self.preset, &self.results())
    }

    /// Writes the arguments and the program's text for `runner.py`; the path of the description.
    pub fn hand_over(&self, directory: &Path) -> Result<PathBuf, String> {
        let mut arguments = Vec::new();
        for (name, value) in self.program.arguments.iter().zip(&self.arguments) {
            arguments.push(match value {
                Value::Int(x) => json!({"name": name, "value": x, "float": false}),
                Value::Float(x) => json!({"name": name, "value": x, "float": true}),
                Value::Array(array) => {
                    let file = directory.join(format!("{name}.npy"));
                    array.write_npy(&file)?;
                    json!({"name": name, "file": file})
                }
            });
        }
        let sizes: serde_json::Map<String, Json> = self
            .program
            .sizes
            .iter()
            .zip(self.program.preset(self.preset))
            .map(|(name, size)| {
                let value = match *size {
                    Size::Int(x) => json!(x),
                    Size::Float(x) => json!(x),
                };
                ((*name).to_owned(), value)
            })
            .collect();
        let text = directory.join("program.py");
        let description = json!({
            "function": self.program.name,
            "arguments": arguments,
            "written": self.program.output_positions(),
            "sizes": sizes,
            "text": text,
        });
        let python =
            crate::text::python(self.program.file).ok_or("the program's file holds no text")?;
        let path = directory.join("program.json");
        for (path, content) in [(&text, python), (&path, description.to_string())] {
            std::fs::write(path, content).map_err(|e| format!("{}: {e}", path.display()))?;
        }
        Ok(path)
    }

    fn answer(&mut self, command: &Command) -> Result<Json, String> {
        match command {
            Command::Run { repeat, limit_s } => {
                let begin = Instant::now();
                self.run()?;
                let mut times = Vec::new();
                while times.len() < *repeat {
                    times.push(self.run()?);
                    if begin.elapsed().as_secs_f64() > *limit_s {
                        break;
                    }
                }
                Ok(json!({ "times": times }))
            }
            Command::Compare => {
                let error = self.compare_stored()?;
                // JSON has no infinity.
                Ok(json!({ "max_rel_err": if error.is_finite() { error } else { f64::MAX } }))
            }
            Command::Save { directory } => Ok(json!({ "saved": self.save(directory)? })),
        }
    }
}

/// Serves commands until standard input ends. With `hand_over`, first leaves the arguments for the others there.
pub fn serve(program: &Program, preset: Preset, hand_over: Option<&Path>) -> Result<(), String> {
    let mut instance = Instance::new(program, preset)?;
    if let Some(directory) = hand_over {
        instance.hand_over(directory)?;
    }
    let say = |answer: Json| console::print(&format!("{answer}\n"));
    let bytes: u64 = instance.arguments.iter().map(Value::bytes).sum();
    let work = instance.work();
    say(json!({
        "ready": true,
        "version": env!("CARGO_PKG_VERSION"),
        "bytes": bytes,
        "operations": work.and_then(|w| w.operations),
        "minimum_bytes": work.map(|w| w.bytes),
    }))?;
    for line in std::io::stdin().lock().lines() {
        let line = line.map_err(|e| e.to_string())?;
        let answer = serde_json::from_str(&line)
            .map_err(|e| e.to_string())
            .and_then(|c| instance.answer(&c));
        say(answer.unwrap_or_else(|why| json!({ "error": why })))?;
    }
    Ok(())
}
