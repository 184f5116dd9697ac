//! Texts, and what they become: a tree or mistakes, with every range.

mod print;

use super::ast::{AttributeValue, ExprKind, Item, StmtKind};
use super::{Form, parse, parse_partial, unindented};
use insta::assert_snapshot;
use print::{mistakes, tree};

#[test]
fn block_is_indented_as_a_whole() {
    let text = "
    # comment
    #[transform(map_tiling(map = \"i\", tile_sizes = [64, -2], 'x'), loop_to_map)]
    @dace.program(auto_optimize=True)
    #[strict_fp]
    def f(A: float64[N, 2*M], b=2) -> float64:
        '''Says what it does.'''
        for i in range(1, N // 2, 3):
            A[i, :-1, ...] += -2**i @ 3j
        else:
            pass
        while not b < 1 <= c or True and None is d:
            if b: break
            elif c in d: continue
            else: return
        x, *y = z = lambda q: q.T[::2] if q else (1, [2.5])
        assert b, 'message'
        k: int64 = 0xff_ff
        def inner(): return g(1, *a, key=\"a\" 'b')

    def g(): pass
    ";
    assert_snapshot!(tree(text, Form::Block));
}

#[test]
fn module_has_imports_symbols_and_constants() {
    let text = "\
'''A module.'''
import numpy as np, dace
import os.path
from dace import symbol as sym, float64
N, M = (dace.symbol(s, dtype=dace.int64) for s in ('N', 'M'))
W: int = 3
pass
@dace.program
def f(A: float64[N]):
\tA[:] = np.float64(W)
";
    assert_snapshot!(tree(text, Form::Module));
}

#[test]
fn first_line_may_be_that_of_the_brace() {
    let texts = [
        " def f(): return 1 ",
        " def f():\n            x = 1\n            if x:\n                y = 2\n    ",
        " def f():\n            x = 1\n    def g(): return 2\n    ",
        " def f(): return 1\n    def g():\n        return 2\n",
        "def f():\n return 1\ndef g():\n return 2",
        " # only a comment\n    def f(): return 1\n    def g(): return 2\n",
        " #[strict_fp]\n    def f(): return 1\n",
        "\r\n    def f():\r\n        return 1\r\n    def g(): return 2\r\n",
        "\n\tdef f():\n\t\treturn 1\n\tdef g(): return 2\n\t",
    ];
    for text in texts {
        let module = parse(text, Form::Block).unwrap_or_else(|e| panic!("{text:?}: {e:?}"));
        for item in &module.items {
            let Item::Function(function) = item else {
                panic!("{item:?}")
            };
            let span = function.name_span;
            assert_eq!(
                &text[span.start as usize..span.end as usize],
                function.name,
                "{text:?}"
            );
        }
        let expected = text.matches("def ").count();
        assert_eq!(module.items.len(), expected, "{text:?}");
    }
}

#[test]
fn texts_without_code_are_empty() {
    for text in ["", "  ", "\n\n  ", " # nothing", "\n    # nothing\n"] {
        for form in [Form::Block, Form::Module] {
            assert!(
                parse(text, form).is_ok_and(|m| m.items.is_empty()),
                "{text:?}"
            );
        }
    }
}

#[test]
fn spans_are_those_of_the_text() {
    let text = "\n        def é(A: float64[N]):\n            A[é + 1] = 'ä'\n";
    let module = parse(text, Form::Block).expect("it is Python");
    let Item::Function(function) = &module.items[0] else {
        panic!("a function")
    };
    let at = |span: crate::diag::Span| &text[span.start as usize..span.end as usize];
    assert_eq!(at(function.name_span), "é");
    let StmtKind::Assign { targets, value } = &function.body[0].kind else {
        panic!("an assignment")
    };
    assert_eq!((at(targets[0].span), at(value.span)), ("A[é + 1]", "'ä'"));
}

#[test]
fn syntax_errors() {
    assert_snapshot!(mistakes(
        "
    def f(A: float64[N]):
        A[0] = 1 +
        A[0] = = 2
        break
        return x y

    def g(a, a, b=1):
        h(k=1, k=2)
        continue
        // Rust's comment
        x = $
  def h(): pass
",
        Form::Block
    ));
}

#[test]
fn unclosed_things() {
    for (name, text) in [
        (
            "bracket_before",
            "\n    def f(A: float64[N]):\n        A[0] = = 1\n        A[0 = 1\n        break\n    def g(): pass\n    ",
        ),
        (
            "dedent",
            "\n    def f(A: float64[N]):\n        A[0] = 1\n      A[0] = 2\n        A[1] = 0\n            A[2] = 0\n  def g(): pass\n    ",
        ),
        (
            "bracket",
            "\n    def f(A: float64[N]):\n        A[0] = (1 +\n    ",
        ),
        (
            "string",
            "\n    def f(A: float64[N]):\n        A[0] = 'abc\n    ",
        ),
        ("body", "\n    def f(A: float64[N]):\n    "),
        (
            "brace",
            " def f(A: float64[N]):\n            A[0] = 1)\n    ",
        ),
    ] {
        assert_snapshot!(name, mistakes(text, Form::Block));
    }
}

#[test]
fn less_indented_than_the_first_line() {
    let text = "\n        def f(): pass\ndef g(): pass\n";
    assert_snapshot!(mistakes(text, Form::Block));
}

#[test]
fn unsupported_statements() {
    assert_snapshot!(mistakes(
        "
async def a(): pass
def b[T](*args, k, **kwargs):
    import numpy
    from . import x
    class C:
        pass
    del x
    type X = int
    with open('f') as g:
        pass
    match x:
        case 1: pass
    raise ValueError('x')
    try:
        pass
    finally:
        pass
    global g
    nonlocal n
    async for i in x:
        pass
",
        Form::Module
    ));
}

#[test]
fn unsupported_expressions() {
    assert_snapshot!(mistakes(
        "
def f(A):
    a = (b := 1)
    a = {'x': 1}, {1, 2}
    a = [x for x in A if x] + {x for x in A}
    a = {x: x for x in A}
    a = sum(x for x in A)
    a = await x
    yield x
    a = f'{x}' + b'x'
    a = 0xffff_ffff_ffff_ffff_ffff_ffff_ffff_ffff_ffff
    a = g(**x)
",
        Form::Module
    ));
}

#[test]
fn unsupported_at_module_level() {
    assert_snapshot!(mistakes(
        "
from . import x
from ..y import x
from numpy import *
N += 1
print('x')
for i in range(3):
    pass
while True: pass
if True:
    x = 1
assert N
class C: pass
N = (x for x in y for z in x if z)
if __name__ == '__main__':
    f()
",
        Form::Module
    ));
}

#[test]
fn attributes_with_mistakes() {
    assert_snapshot!(mistakes(
        "
    #[unknown]
    #[unknown(x)]
    #[i, j] is a comment, and so is
    # [transform(x)]
    #[transform(x]
    #[transform(a = )]
    #[transform(1.5)]
    #[transform(99999999999999999999)]
    #[transform('a\\n')]
    #[transform(\"a)]
    #[transform x]
    #[transform()] and more
    #[transform(a(b(c(d(e(f(g(h(i(j(k(l(m(n(o(p(q(r(s(t(u(v(w(x(y(z(a(b(c(d(e(f(g(h)))))))))))))))))))))))))))))))))]
    def f():
        #[device]
        x = 1  #[strict_fp]
    #[strict_fp]
",
        Form::Block
    ));
}

#[test]
fn attributes_go_on_in_the_next_lines() {
    let text = "
    #[transform(
    #    map_tiling(map = \"i)\",
    #               tile_sizes = [1, [2, True], off]),
    #)]
    #[auto_optimize(off)]
    def f(): pass
";
    let module = parse(text, Form::Block).expect("it is Python");
    let Item::Function(function) = &module.items[0] else {
        panic!("a function")
    };
    let names: Vec<_> = function
        .attributes
        .iter()
        .map(|a| a.name.as_str())
        .collect();
    assert_eq!(names, ["transform", "auto_optimize"]);
    let AttributeValue::Call(tiling) = &function.attributes[0].args[0].value else {
        panic!("a call")
    };
    let keys: Vec<_> = tiling.args.iter().map(|a| a.key.as_deref()).collect();
    assert_eq!(keys, [Some("map"), Some("tile_sizes")]);
    assert_eq!(tiling.args[0].value, AttributeValue::Str("i)".to_owned()));
}

#[test]
fn functions_are_known_in_spite_of_mistakes() {
    let text = "\n    def f(A: float64[N]):\n        x = = 1\n    def g(B: int64):\n        try: pass\n        finally: pass\n";
    let (module, mistakes) = parse_partial(text, Form::Block);
    assert_eq!((module.items.len(), mistakes.len()), (2, 2));
}

#[test]
fn deep_texts_do_not_overflow_the_stack() {
    let brackets = format!(
        "def f():\n    x = {}1{}\n",
        "(".repeat(5000),
        ")".repeat(5000)
    );
    let sum = format!("def f():\n    x = 1{}\n", " + 1".repeat(5000));
    let powers = format!("def f():\n    x = 1{}\n", " ** 1".repeat(5000));
    let nots = format!("def f():\n    x = {}1\n", "not ".repeat(5000));
    let elifs = format!(
        "def f():\n    if a: pass\n{}",
        "    elif a: pass\n".repeat(5000)
    );
    for text in [brackets, sum, powers, nots, elifs] {
        let mistakes = parse(&text, Form::Module).expect_err("too deep");
        assert_eq!(mistakes.len(), 1);
        assert!(mistakes[0].message.contains("too deep"), "{}", mistakes[0]);
    }
    let sum = format!("def f():\n    x = 1{}\n", " + 1".repeat(300));
    assert!(parse(&sum, Form::Module).is_ok());
}

#[test]
fn integers_in_any_base() {
    let text = "a = 0xff, 0b1_0, 0o17, 170141183460469231731687303715884105727, 1_000, 0XAB\n";
    let module = parse(text, Form::Module).expect("it is Python");
    let Item::Stmt(stmt) = &module.items[0] else {
        panic!("a statement")
    };
    let StmtKind::Assign { value, .. } = &stmt.kind else {
        panic!("an assignment")
    };
    let ExprKind::Tuple(values) = &value.kind else {
        panic!("a tuple")
    };
    let values: Vec<_> = values
        .iter()
        .map(|v| if let ExprKind::Int(i) = v.kind { i } else { -1 })
        .collect();
    assert_eq!(values, [255, 2, 15, i128::MAX, 1000, 0xAB]);
}

#[test]
fn functions_are_quoted_without_indentation() {
    let text = "\n    #[strict_fp]\n    @dace.program\n    def f(A: float64[N]):\n        # note\n        A[:] = A + 1\n    def g(): pass\n";
    let module = parse(text, Form::Block).expect("it is Python");
    let sources: Vec<_> = module
        .items
        .iter()
        .filter_map(|item| match item {
            Item::Function(function) => Some(unindented(text, function.span)),
            _ => None,
        })
        .collect();
    let first = "#[strict_fp]\n@dace.program\ndef f(A: float64[N]):\n    # note\n    A[:] = A + 1";
    assert_eq!(sources, [first, "def g(): pass"]);
}
