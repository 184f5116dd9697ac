//! What Python has and the tree does not: the name of each construct, and what to write instead.

use ruff_python_ast::{Expr, Stmt};

/// A construct's name with its verb (`list comprehensions are`), and a hint.
pub(super) type Refusal = (&'static str, &'static str);

/// The refusal of a statement that stands nowhere.
pub(super) fn stmt(stmt: &Stmt) -> Refusal {
    match stmt {
        Stmt::ClassDef(_) => (
            "`class` is",
            "write plain functions that take arrays and scalars",
        ),
        Stmt::Delete(_) => (
            "`del` is",
            "remove it: an array's memory is freed after its last use",
        ),
        Stmt::TypeAlias(_) => ("`type` is", "write the type where it is used"),
        Stmt::For(_) => ("`async for` is", "remove `async`"),
        Stmt::With(_) => (
            "`with` is",
            "call NumPy functions directly; loops over `dace.map[...]` are parallel",
        ),
        Stmt::Match(_) => ("`match` is", "use `if`, `elif` and `else`"),
        Stmt::Raise(_) => (
            "`raise` is",
            "state what must hold: `assert condition, \"message\"`",
        ),
        Stmt::Try(_) => (
            "`try` is",
            "a failing call returns an error to its Rust caller; test what may fail beforehand",
        ),
        Stmt::Global(_) => (
            "`global` is",
            "constants of the module can be read without it; pass what is written as an argument",
        ),
        Stmt::Nonlocal(_) => (
            "`nonlocal` is",
            "pass the array as an argument and write into it",
        ),
        Stmt::Import(_) | Stmt::ImportFrom(_) => (
            "an import inside a function is",
            "move it to the beginning of the module",
        ),
        Stmt::FunctionDef(_) => ("`async def` is", "remove `async`"),
        _ => (
            "this statement is",
            "rewrite it with assignments, `for`, `while` and `if`",
        ),
    }
}

/// The refusal of a statement that stands in functions only.
pub(super) fn module_stmt(stmt: &Stmt) -> Refusal {
    match stmt {
        Stmt::If(node) if is_main_guard(&node.test) => (
            "`if __name__ == ...` is",
            "keep it in another Python file that imports this one; in Rust, `main` calls the functions",
        ),
        Stmt::If(_) => ("`if` is", "choose inside a function"),
        Stmt::For(_) => ("`for` is", "move the loop into a function"),
        Stmt::While(_) => ("`while` is", "move the loop into a function"),
        Stmt::AugAssign(_) => (
            "an augmented assignment is",
            "give the constant its value in one assignment",
        ),
        Stmt::Expr(_) => ("an expression statement is", "move it into a function"),
        Stmt::Assert(_) => ("`assert` is", "move it into a function"),
        Stmt::Return(_) => ("`return` is", "move it into a function"),
        Stmt::Break(_) => ("`break` is", "it belongs into a loop"),
        Stmt::Continue(_) => ("`continue` is", "it belongs into a loop"),
        other => self::stmt(other),
    }
}

fn is_main_guard(test: &Expr) -> bool {
    matches!(test, Expr::Compare(node) if matches!(&*node.left, Expr::Name(name) if name.id.as_str() == "__name__"))
}

/// The refusal of an expression.
pub(super) fn expr(expr: &Expr) -> Refusal {
    match expr {
        Expr::Named(_) => ("`:=` is", "assign in a statement of its own"),
        Expr::Dict(_) => ("dictionaries are", "use one variable for each entry"),
        Expr::Set(_) => ("sets are", "use an array"),
        Expr::ListComp(_) => (
            "list comprehensions are",
            "fill an array in a `for` loop, or use a NumPy function",
        ),
        Expr::SetComp(_) => (
            "set comprehensions are",
            "fill an array in a `for` loop, or use a NumPy function",
        ),
        Expr::DictComp(_) => (
            "dictionary comprehensions are",
            "use one variable for each entry",
        ),
        Expr::Generator(_) => (
            "generator expressions are",
            "use a NumPy function such as `np.sum`, or a `for` loop",
        ),
        Expr::Await(_) => ("`await` is", "call the function directly"),
        Expr::Yield(_) | Expr::YieldFrom(_) => {
            ("`yield` is", "return an array, or write into an argument")
        }
        Expr::FString(_) => ("formatted strings are", "use a plain string"),
        Expr::TString(_) => ("template strings are", "use a plain string"),
        Expr::BytesLiteral(_) => ("byte strings are", "use an array of type `uint8`"),
        _ => (
            "this expression is",
            "rewrite it with NumPy's operators and functions",
        ),
    }
}
