//! Programs whose own names are those of Rust, of the runtime, and of generated code.
//!
//! The identifiers are read from the sources: what the back end quotes, and what the runtime defines. So one that is new is covered. Each is, in one of the first [`count`] programs, a size, an array, a number, the
//! variable of a loop, a local variable or a function; in sixteen times as many, nearly all of them.

use super::Random;
use proc_macro2::{TokenStream, TokenTree};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::OnceLock;

/// Programs, with a `$` before each name; a program and its helper function first. Behind, its settings.
const TEMPLATES: &[(&str, &str)] = &[
    (
        "\
def $f($a: float64[$n, 2 * $m], $b: float64[$m, $m], $s: float64, $k: int64):
    $a[:, :$m] = $a[:, $m:] @ $b
    $t = 0.0
    for $i in range($n):
        for $j in range($m):
            $t += $a[$i, $j] * $s
    $u = $a * $t + $k
    return $u
",
        "$n=7 $m=2",
    ),
    (
        "\
def $f($a: int64[$n], $b: float64[$n], $c: float64[$m], $k: int32):
    for $i in dace.map[0:$n]:
        $c[$a[$i]] += $b[$i]
    $t = 0.0
    $u = 0.0
    for $j in range(0, $n, $k):
        $t += $b[$j] * $b[$j]
        $u = max($u, $b[$j])
    $v = $b * $t
    return $v + $u, np.argmax($b)
",
        "$n=37 $m=4 $a=0..4 $k=2",
    ),
    (
        "\
def $g($x, $y):
    $z = $x * $y
    return $z + 1.0

def $h($p: float64[$o], $q: float64):
    for $r in range($p.shape[0]):
        $p[$r] = $g($p[$r], $q)

def $f($a: float64[$n, $m], $s: float64):
    $w = np.zeros(4)
    for $i in range($n):
        $h($a[$i], $s)
        $w[0] += $a[$i, 0]
    return $w
",
        "$n=3 $m=5",
    ),
    (
        "\
def $f($a: float64[$l, $n, $m], $b: float64[$l, $m, $n], $s: float64, $k: int64):
    $c = $a @ $b
    $d = np.empty(($l, $n))
    for $i, $j in dace.map[0:$l, 0:$n]:
        $e = 0.0
        for $q in range($m):
            $e += $a[$i, $j, $q] * $b[$i, $q, $j]
        $d[$i, $j] = $e
    $t = 0
    while $t < $k:
        if $d[0, 0] > $s:
            $d[0, 0] = $s
        $t += 1
    return $c, $d
",
        "$l=2 $n=3 $m=4 $k=3",
    ),
];

/// What the templates mean by these: a name of a program's own hides it, as in Python.
const MEANT: &[&str] = &["range", "dace", "np", "max", "float64", "int64", "int32"];

const PYTHON: &[&str] = &[
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue",
    "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import",
    "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while",
    "with", "yield",
];

fn is_name(name: &str) -> bool {
    !PYTHON.contains(&name) && !MEANT.contains(&name)
}

fn idents(tokens: TokenStream, into: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(i) => {
                into.insert(i.to_string().trim_start_matches("r#").to_owned());
            }
            TokenTree::Group(g) => idents(g.stream(), into),
            // What is quoted, and the names that are handed out by text.
            TokenTree::Literal(l) => {
                let text = l.to_string();
                into.extend(
                    text.split(|c: char| c != '_' && !c.is_ascii_alphanumeric())
                        .filter(|word| {
                            !word.is_empty() && !word.starts_with(|c: char| c.is_ascii_digit())
                        })
                        .map(str::to_owned),
                );
            }
            TokenTree::Punct(_) => {}
        }
    }
}

/// What stands in `quote!(…)`, and in quotation marks where names are made.
fn quoted(tokens: TokenStream, into: &mut BTreeSet<String>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (k, token) in tokens.iter().enumerate() {
        let TokenTree::Group(group) = token else {
            continue;
        };
        let before = |back: usize| k.checked_sub(back).map(|k| tokens[k].to_string());
        let is_call = |name: &str| before(1).as_deref() == Some(name);
        let is_macro = |name: &str| is_call("!") && before(2).as_deref() == Some(name);
        if is_macro("quote")
            || is_macro("format_ident")
            || ["fresh", "local", "companion"].iter().any(|n| is_call(n))
        {
            idents(group.stream(), into);
        } else {
            quoted(group.stream(), into);
        }
    }
}

/// What others see of a Rust file, and what its macros expand to.
fn defined(tokens: TokenStream, into: &mut BTreeSet<String>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (k, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Ident(i)
                if k > 0
                    && [
                        "fn", "const", "static", "struct", "enum", "trait", "type", "mod", "union",
                    ]
                    .contains(&tokens[k - 1].to_string().as_str()) =>
            {
                into.insert(i.to_string().trim_start_matches("r#").to_owned());
            }
            TokenTree::Group(g) if k > 1 && tokens[k - 2].to_string() == "!" => {
                idents(g.stream(), into);
            }
            TokenTree::Group(g) => defined(g.stream(), into),
            _ => {}
        }
    }
}

fn files(folder: &Path, each: &mut dyn FnMut(TokenStream)) {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    for entry in entries {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, each);
        } else if path.extension().is_some_and(|e| e == "rs") {
            let text = std::fs::read_to_string(&path).expect("a text");
            each(
                text.parse()
                    .unwrap_or_else(|e| panic!("{}: {e}", path.display())),
            );
        }
    }
}

/// The identifiers of generated code and of what it calls, and some that Rust has everywhere.
pub fn identifiers() -> &'static [String] {
    static ALL: OnceLock<Vec<String>> = OnceLock::new();
    ALL.get_or_init(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut all = BTreeSet::new();
        files(&root.join("dace-backends/src/rust"), &mut |t| quoted(t, &mut all));
        files(&root.join("src/rt"), &mut |t| defined(t, &mut all));
        // Those that programs have in generated code, in each form.
        for base in ["A", "i", "N", "x"] {
            for form in ["", "_", "_2_", "_0_", "_shape_", "_body_", "_acc_", "_part_", "_at_", "_buf", "_1", "_2"] {
                all.insert(format!("{base}{form}"));
            }
        }
        let rust = "self Self super crate abstract become box const do dyn enum extern final fn gen impl let loop macro \
            match mod move mut override priv pub ref static struct trait type typeof unsafe unsized use virtual where union \
            std core alloc main Box Vec String Clone Copy Drop Default Iterator Into From Fn drop _ __ ___ _0 é 变量 \
            SOURCE SDFG REPORT code work Work Error ndarray num_complex include_str println";
        all.extend(rust.split_whitespace().map(str::to_owned));
        all.into_iter().filter(|n| is_name(n)).collect()
    })
}

/// How many names of one program stand for what a template's do.
fn slots(template: &str) -> Vec<String> {
    let mut slots: Vec<String> = Vec::new();
    for word in template.split('$').skip(1) {
        let name: String = word.chars().take_while(|c| c.is_alphanumeric()).collect();
        if !slots.contains(&name) {
            slots.push(name);
        }
    }
    slots
}

/// As many names as each template has places for.
fn least() -> usize {
    TEMPLATES
        .iter()
        .map(|t| slots(t.0).len())
        .min()
        .unwrap_or(1)
}

/// The number of programs after which each identifier has been the name of something.
pub fn count() -> u64 {
    identifiers().len().div_ceil(least()) as u64
}

/// How often [`count`] programs are made of the identifiers, each time with other templates and places.
const ROUNDS: u64 = 16;

fn random_name(random: &mut Random) -> String {
    const LETTERS: &[char] = &[
        'a', 'b', 'i', 'k', 'n', 'x', 'A', 'N', 'O', '_', '_', '_', 'é', 'ß', 'λ', 'Ж', '变', '量',
        '0', '1', '2', '9',
    ];
    let known = identifiers();
    let mut name = if random.one_in(2) {
        known[random.below(known.len())].clone()
    } else {
        String::new()
    };
    let length = if random.one_in(50) {
        500
    } else {
        random.below(6) + 1
    };
    for _ in 0..length {
        let c = random.pick(LETTERS);
        if !name.is_empty() || !c.is_ascii_digit() {
            name.push(c);
        }
    }
    if name.is_empty() {
        "_".to_owned()
    } else {
        name
    }
}

/// Program number `k`: at first of the identifiers, each time round at other places, then of random names.
pub(super) fn program(k: u64) -> (String, String) {
    let (round, number) = (k / count(), (k % count()) as usize);
    let (text, settings) = TEMPLATES[(number + round as usize) % TEMPLATES.len()];
    let slots = slots(text);
    let known = identifiers();
    let mut random = Random(k);
    let mut names: Vec<String> = Vec::new();
    let mut next = number * least();
    while names.len() < slots.len() {
        let name = if round < ROUNDS {
            known[next % known.len()].clone()
        } else {
            random_name(&mut random)
        };
        next += 1;
        if is_name(&name) && !names.contains(&name) {
            names.push(name);
        }
    }
    let turned = (number + 5 * round as usize) % slots.len();
    names.rotate_left(turned);
    let mut order: Vec<usize> = (0..slots.len()).collect();
    order.sort_by_key(|s| std::cmp::Reverse(slots[*s].len()));
    let fill = |text: &str| {
        let mut text = text.to_owned();
        for &s in &order {
            text = text.replace(&format!("${}", slots[s]), &names[s]);
        }
        text
    };
    (fill(text), fill(settings))
}
