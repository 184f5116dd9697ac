//! The JSON export: sound by itself, and accepted by Python DaCe where there is one.

use dace_core::sdfg::json::export;
use dace_core::syntax::Form;
use serde_json::Value;
use std::io::Write as _;
use std::process::Command;

/// Programs that use every construct the export knows.
const PROGRAMS: &str = "\
import dace as dc
import numpy as np
N, M = (dc.symbol(s, dtype=dc.int64) for s in ('N', 'M'))

@dc.program
def gemm(alpha: dc.float64, C: dc.float64[N, N], A: dc.float64[N, N]):
    C[:] = alpha * A @ C + A.T @ C

@dc.program
def jacobi(T: dc.int64, A: dc.float64[N], B: dc.float64[N]):
    for t in range(1, T):
        B[1:-1] = 0.5 * (A[:-2] + A[2:])
        A[1:-1] = 0.5 * (B[:-2] + B[2:])

@dc.program
def triangle(L: dc.float64[N, N], x: dc.float64[N], b: dc.float64[N]):
    for i in range(N):
        x[i] = (b[i] - L[i, :i] @ x[:i]) / L[i, i]

@dc.program
def sums(A: dc.float64[N, M]):
    s = np.sum(A)
    if s > 1.0:
        s = s / 2
    else:
        s = s + 1
    return np.mean(A, axis=0), s

@dc.program
def gather(ind: dc.int64[N], A: dc.float64[M], B: dc.float64[N]):
    for i in dc.map[0:N]:
        B[i] = A[ind[i]]

@dc.program
def search(A: dc.float64[N]):
    i = 0
    while i < N - 1 and A[i] > 0.5:
        if A[i] > 2.0:
            break
        i = i + 1
    return i

@dc.program
def solved(A: dc.float64[N, N], b: dc.float64[N, M]):
    return np.linalg.solve(A, b), np.linalg.inv(A), np.linalg.cholesky(A)

@dc.program
def inner_loops(A: dc.float64[N, M], n: dc.int64):
    for i in dc.map[0:N]:
        for k in range(n):
            for j in range(M):
                A[i, j] = A[i, j] * 0.5 + k
";

fn exported() -> Vec<(String, Value)> {
    let mut all = Vec::new();
    for optimize in [false, true] {
        let programs = dace_core::compile_with(PROGRAMS, Form::Module, &|options| {
            options.optimize = optimize;
        })
        .unwrap_or_else(|mistakes| panic!("{mistakes:?}"));
        all.extend(
            programs
                .into_iter()
                .map(|p| (p.sdfg.name.clone(), export(&p.sdfg))),
        );
    }
    all
}

/// Blocks of a region, those of branches included.
fn regions<'a>(block: &'a Value, f: &mut dyn FnMut(&'a Value)) {
    f(block);
    for branch in block["branches"].as_array().into_iter().flatten() {
        regions(&branch[1], f);
    }
    if block["type"] != "SDFGState" {
        for inner in block["nodes"].as_array().into_iter().flatten() {
            regions(inner, f);
        }
    }
}

fn connector<'a>(node: &'a Value, side: &str) -> &'a Value {
    &node["attributes"][side]
}

/// Ids count up, edges join existing nodes at existing connectors, memlets name containers, scopes close.
fn check_sdfg(name: &str, sdfg: &Value) {
    let arrays = &sdfg["attributes"]["_arrays"];
    regions(sdfg, &mut |block| {
        let Some(nodes) = block["nodes"].as_array() else {
            return;
        };
        let at = |edge: &Value, end: &str| {
            edge[end]
                .as_str()
                .and_then(|s| s.parse::<usize>().ok())
                .unwrap_or_else(|| panic!("{name}: {edge}"))
        };
        for (k, node) in nodes.iter().enumerate() {
            assert_eq!(node["id"], k, "{name}");
            match node["type"].as_str() {
                Some("NestedSDFG") => {
                    let inner = &node["attributes"]["sdfg"];
                    for side in ["in_connectors", "out_connectors"] {
                        for connector in connector(node, side).as_object().unwrap().keys() {
                            assert_eq!(
                                inner["attributes"]["_arrays"][connector]["attributes"]["transient"],
                                false,
                                "{name}: {connector}"
                            );
                        }
                    }
                    check_sdfg(name, inner);
                }
                Some("AccessNode") => assert!(
                    !arrays[node["attributes"]["data"].as_str().unwrap()].is_null(),
                    "{name}: {node}"
                ),
                Some("MapEntry") => {
                    let exit = &nodes[at(node, "scope_exit")];
                    assert_eq!(
                        (&exit["type"], &exit["scope_entry"]),
                        (&"MapExit".into(), &Value::from(k.to_string()))
                    );
                }
                _ => {}
            }
        }
        for edge in block["edges"].as_array().unwrap() {
            let (from, to) = (&nodes[at(edge, "src")], &nodes[at(edge, "dst")]);
            if block["type"] != "SDFGState" {
                continue;
            }
            for (node, end, side) in [
                (from, "src_connector", "out_connectors"),
                (to, "dst_connector", "in_connectors"),
            ] {
                if let Some(c) = edge[end].as_str() {
                    assert!(
                        connector(node, side).get(c).is_some(),
                        "{name}: no connector {c} at {node}"
                    );
                }
            }
            if let Some(data) = edge["attributes"]["data"]["attributes"]["data"].as_str() {
                assert!(!arrays[data].is_null(), "{name}: {edge}");
            }
        }
    });
}

#[test]
fn exports_are_sound() {
    let all = exported();
    assert_eq!(all.len(), 16);
    for (name, sdfg) in &all {
        check_sdfg(name, sdfg);
    }
    let text = serde_json::to_string(&all.into_iter().map(|(_, s)| s).collect::<Vec<_>>()).unwrap();
    for part in [
        "LoopRegion",
        "ConditionalBlock",
        "BreakBlock",
        "NestedSDFG",
        "MapEntry",
        "dace.libraries.blas.nodes.matmul.MatMul",
        "dace.libraries.linalg.nodes.solve.Solve",
        "dace.libraries.linalg.nodes.inv.Inv",
        "dace.libraries.linalg.nodes.cholesky.Cholesky",
        "(lambda a, b: (a + b))",
        "__return_0",
        "CPU_Multicore",
    ] {
        assert!(text.contains(part), "no {part}");
    }
}

const LOAD: &str = "
import json, sys, dace
for line in sys.stdin:
    sdfg = dace.SDFG.from_json(json.loads(line))
    sdfg.validate()
    print('valid', sdfg.name)
";

/// Python DaCe reads and validates what is exported; `DACE_PYTHON` names a Python that has it.
#[test]
fn python_dace_accepts_exports() {
    let Ok(python) = std::env::var("DACE_PYTHON") else {
        println!("skipped: DACE_PYTHON does not name a Python with dace");
        return;
    };
    let mut child = Command::new(python)
        .args(["-W", "ignore", "-c", LOAD])
        // It saves what it refuses in the current folder.
        .current_dir(env!("CARGO_TARGET_TMPDIR"))
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("DACE_PYTHON starts");
    let all = exported();
    let lines: Vec<String> = all.iter().map(|(_, s)| s.to_string()).collect();
    let lines = lines.join("\n") + "\n";
    child
        .stdin
        .take()
        .unwrap()
        .write_all(lines.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    let valid = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "after\n{valid}");
    assert_eq!(
        valid.lines().filter(|l| l.starts_with("valid")).count(),
        all.len()
    );
}
