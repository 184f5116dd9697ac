//! Every pass, every transformation and every pipeline, each with what it does and why it stands where it stands.
//! Help texts are made from these lists.

use crate::passes;
use crate::pipeline::Options;
use crate::sdfg::Sdfg;
use crate::syntax::ast::Attribute;
use crate::transforms;
use std::fmt::Write as _;

/// An always-safe rewrite. It refuses by doing nothing.
#[derive(Clone, Copy)]
pub struct Pass {
    pub name: &'static str,
    pub about: &'static str,
    /// Returns how many changes it made.
    pub run: fn(&mut Sdfg, &Options) -> usize,
}

/// A rewrite that a user asks for by `#[transform(name(arguments))]`.
#[derive(Clone, Copy)]
pub struct Transform {
    pub name: &'static str,
    /// The arguments, as a user writes them.
    pub arguments: &'static str,
    pub about: &'static str,
    pub run: fn(&mut Sdfg, &Attribute, &Options) -> Result<(), transforms::Refusal>,
}

/// One entry of a pipeline.
pub enum Step {
    /// A pass, and why it stands here.
    Run(&'static str, &'static str),
    /// Steps repeated until none of them changes anything, and why.
    Repeat(&'static [Step], &'static str),
}

/// All passes, in alphabetical order.
pub const PASSES: &[Pass] = &[
    Pass {
        name: "array_contraction",
        about: "drops dimensions of transients in which only one index is used",
        run: passes::array_contraction::run,
    },
    Pass {
        name: "chain_interleaving",
        about: "does several iterations of a map at a time that are chains of dependent operations",
        run: passes::chain_interleaving::run,
    },
    Pass {
        name: "common_subexpressions",
        about: "computes once what is computed twice",
        run: passes::common_subexpressions::run,
    },
    Pass {
        name: "constant_propagation",
        about: "replaces scalars that are written once, by a constant; folds codes",
        run: passes::constant_propagation::run,
    },
    Pass {
        name: "continue_to_branch",
        about: "moves what follows a conditional `continue` into the branch",
        run: passes::continue_to_branch::run,
    },
    Pass {
        name: "copy_elimination",
        about: "removes copies between a transient and another container",
        run: passes::copy_elimination::run,
    },
    Pass {
        name: "dead_code",
        about: "removes computations whose results nobody reads",
        run: passes::dead_code::run,
    },
    Pass {
        name: "delinearise",
        about: "gives maps over flattened arrays the dimensions that their accesses take apart",
        run: passes::delinearise::run,
    },
    Pass {
        name: "explicit_reduction",
        about: "turns updates in maps that the user wrote into writes that combine",
        run: passes::reduction::run_explicit,
    },
    Pass {
        name: "inline_sdfg",
        about: "puts the body of a called program in the place of the call",
        run: passes::inline_sdfg::run,
    },
    Pass {
        name: "loop_fusion",
        about: "merges sequential loops over one range that read the same data",
        run: passes::loop_fusion::run,
    },
    Pass {
        name: "loop_into_map",
        about: "moves a sequential loop into the map in its body",
        run: passes::loop_into_map::run,
    },
    Pass {
        name: "loop_to_map",
        about: "turns loops whose iterations are independent into maps",
        run: passes::loop_to_map::run,
    },
    Pass {
        name: "map_collapse",
        about: "makes one map of perfectly nested ones",
        run: passes::map_collapse::run,
    },
    Pass {
        name: "map_fusion",
        about: "merges maps, so that what one makes the other uses at once",
        run: passes::map_fusion::run,
    },
    Pass {
        name: "matmul_accumulate",
        about: "lets a matrix product add to what is there",
        run: passes::matmul_accumulate::run,
    },
    Pass {
        name: "matmul_batching",
        about: "makes matrix products of the vector-matrix products in a map",
        run: passes::matmul_batching::run,
    },
    Pass {
        name: "matrix_vector_fusion",
        about: "reads a matrix once for several products with vectors",
        run: passes::matrix_vector_fusion::run,
    },
    Pass {
        name: "on_the_fly_fusion",
        about: "computes elements of a temporary again where they are read, if that is cheap",
        run: passes::on_the_fly_fusion::run,
    },
    Pass {
        name: "privatise",
        about: "gives iterations of maps that the user wrote their own temporaries",
        run: passes::privatise::run,
    },
    Pass {
        name: "reduction",
        about: "turns updates that keep a loop's iterations in order into writes that combine",
        run: passes::reduction::run,
    },
    Pass {
        name: "region_cleanup",
        about: "drops empty blocks, resolves constant conditions and loops of at most one iteration",
        run: passes::region_cleanup::run,
    },
    Pass {
        name: "schedule",
        about: "chooses which maps run on all cores and which in sequence",
        run: passes::schedule::run,
    },
    Pass {
        name: "state_fusion",
        about: "makes one dataflow graph of states that follow each other",
        run: passes::state_fusion::run,
    },
    Pass {
        name: "state_split",
        about: "makes the linear form: one computation for each state",
        run: passes::state_split::run,
    },
    Pass {
        name: "symbol_equality",
        about: "gives symbols that a check proves equal one name",
        run: passes::symbol_equality::run,
    },
    Pass {
        name: "symbol_propagation",
        about: "replaces symbols that are assigned a symbolic value",
        run: passes::symbol_propagation::run,
    },
    Pass {
        name: "tasklet_fusion",
        about: "puts the code of a tasklet into the one that uses its result",
        run: passes::tasklet_fusion::run,
    },
    Pass {
        name: "unique_symbols",
        about: "gives each definition of a symbol a name of its own",
        run: passes::unique_symbols::run,
    },
    Pass {
        name: "unroll_and_jam",
        about: "does several rows at a time where they share what they are multiplied with",
        run: passes::unroll_and_jam::run,
    },
    Pass {
        name: "wcr_locality",
        about: "keeps an accumulator in a scalar while a map adds to it",
        run: passes::wcr_locality::run,
    },
];

/// All transformations, in alphabetical order.
pub const TRANSFORMS: &[Transform] = &[
    Transform {
        name: "loop_peeling",
        arguments: "loop = \"i\", count = 1",
        about: "puts the first iterations before the loop",
        run: transforms::peeling::run,
    },
    Transform {
        name: "loop_to_map",
        arguments: "loop = \"i\"",
        about: "makes a map of a loop whose iterations are independent; without an argument, of all such loops",
        run: transforms::to_map::run,
    },
    Transform {
        name: "loop_unroll",
        arguments: "loop = \"i\", factor = 4",
        about: "repeats the body for `factor` iterations in turn; without a factor, for all of them",
        run: transforms::unroll::run,
    },
    Transform {
        name: "map_collapse",
        arguments: "map = \"i\"",
        about: "merges a map with the only map in its body",
        run: transforms::nest::collapse,
    },
    Transform {
        name: "map_expansion",
        arguments: "map = \"i\"",
        about: "makes a nest of maps of one with several parameters",
        run: transforms::nest::expand,
    },
    Transform {
        name: "map_fusion",
        arguments: "first = \"i\", second = \"j\"",
        about: "merges two maps; without arguments, all that profit",
        run: transforms::fusion::run,
    },
    Transform {
        name: "map_interchange",
        arguments: "map = \"i\", order = [\"j\", \"i\"]",
        about: "reorders the parameters of a map, or two maps nested in each other",
        run: transforms::nest::interchange,
    },
    Transform {
        name: "map_tiling",
        arguments: "map = \"i\", tile_sizes = [64]",
        about: "splits a map into blocks and the iterations of a block",
        run: transforms::tiling::run,
    },
    Transform {
        name: "map_unroll",
        arguments: "map = \"i\", factor = 4",
        about: "as `loop_unroll`",
        run: transforms::unroll::run,
    },
    Transform {
        name: "set_schedule",
        arguments: "map = \"i\", schedule = \"sequential\"",
        about: "chooses where a map runs: sequential, multicore, device, device_block, pipeline, unrolled",
        run: transforms::set_schedule::run,
    },
];

/// Always on: removes what lowering leaves behind.
pub const SIMPLIFY: &[Step] = &[
    Step::Run(
        "unique_symbols",
        "moving a body never captures a symbol once names are unique",
    ),
    Step::Run(
        "state_split",
        "order becomes the order of blocks, so that every question of legality is about blocks between two others",
    ),
    Step::Run(
        "region_cleanup",
        "a return at the end of a callee must not stop its inlining",
    ),
    Step::Run("inline_sdfg", "all that follows sees through calls"),
    Step::Repeat(
        &[
            Step::Run(
                "constant_propagation",
                "conditions, bounds and bodies become simpler",
            ),
            Step::Run(
                "symbol_propagation",
                "equal ranges and shapes come to look equal",
            ),
            Step::Run(
                "symbol_equality",
                "and so do those that are equal because they are checked to be",
            ),
            Step::Run("region_cleanup", "conditions may be constant now"),
        ],
        "each may feed the others",
    ),
    Step::Run("dead_code", "what nobody reads need not be looked at"),
    Step::Run(
        "copy_elimination",
        "results of library operations and calls land where they belong",
    ),
    Step::Run(
        "explicit_reduction",
        "iterations of a map run at once: `+=` must combine",
    ),
    Step::Run(
        "privatise",
        "and temporaries must be each iteration's own; what conflicts still is an error",
    ),
];

/// On by default, off by `#[auto_optimize(off)]`.
pub const OPTIMIZE: &[Step] = &[
    Step::Run(
        "continue_to_branch",
        "a loop without jumps may become a map",
    ),
    Step::Run(
        "tasklet_fusion",
        "an update by way of a temporary becomes one tasklet",
    ),
    Step::Run(
        "reduction",
        "accumulators no longer keep their loop in order",
    ),
    Step::Run("loop_to_map", "all that follows works on maps"),
    Step::Run(
        "common_subexpressions",
        "before what is equal becomes part of different maps",
    ),
    Step::Run(
        "matmul_accumulate",
        "before its addition is merged with others",
    ),
    Step::Run(
        "matmul_batching",
        "a matrix that is read for many vectors at once is not worth sharing with one more",
    ),
    Step::Run(
        "matrix_vector_fusion",
        "products that are left could not share their matrix with what stands beside them",
    ),
    Step::Run(
        "on_the_fly_fusion",
        "maps are whole still: a stencil that others read is in no map but its own",
    ),
    Step::Repeat(
        &[
            Step::Run("map_collapse", "equal iteration spaces come to look equal"),
            Step::Run("map_fusion", "producers and consumers meet"),
            Step::Run(
                "delinearise",
                "maps over flattened arrays have met; over rows and columns they meet others",
            ),
            Step::Run(
                "array_contraction",
                "what only lives between them needs one element",
            ),
            Step::Run(
                "common_subexpressions",
                "maps that met may do the same for each element",
            ),
            Step::Run("tasklet_fusion", "and then not even that"),
            Step::Run("dead_code", "what was only read by what went"),
        ],
        "each merge may bring others into reach",
    ),
    Step::Run(
        "loop_into_map",
        "the body of the loop is one map now, if ever",
    ),
    Step::Run("loop_fusion", "what is a loop still, stays one"),
    Step::Run(
        "wcr_locality",
        "the maps are final: accumulators move into scalars",
    ),
    Step::Repeat(
        &[Step::Run(
            "tasklet_fusion",
            "start values and results of accumulators meet their neighbours",
        )],
        "chains of tasklets",
    ),
    Step::Run(
        "unroll_and_jam",
        "the sums of an iteration stand in scalars now",
    ),
    Step::Run(
        "chain_interleaving",
        "sums that stood in the way of a loop are scalars now, too",
    ),
    Step::Run("schedule", "the maps are final"),
];

/// The pass of this name.
pub fn pass(name: &str) -> Option<&'static Pass> {
    PASSES.iter().find(|p| p.name == name)
}

/// The transformation of this name.
pub fn transform(name: &str) -> Option<&'static Transform> {
    TRANSFORMS.iter().find(|t| t.name == name)
}

/// The lists as text, for `--help` and the documentation.
pub fn help() -> String {
    let mut text = String::from("Passes:\n");
    for p in PASSES {
        let _ = writeln!(text, "  {:<22} {}", p.name, p.about);
    }
    text.push_str("\nTransformations, in `#[transform(…)]`:\n");
    for t in TRANSFORMS {
        let _ = writeln!(text, "  {}({})\n      {}", t.name, t.arguments, t.about);
    }
    for (title, steps) in [
        ("Simplify (always)", SIMPLIFY),
        ("Optimise (unless `#[auto_optimize(off)]`)", OPTIMIZE),
    ] {
        let _ = writeln!(text, "\n{title}:");
        list(steps, 1, &mut text);
    }
    text
}

fn list(steps: &[Step], depth: usize, text: &mut String) {
    for step in steps {
        let indent = "  ".repeat(depth);
        match step {
            Step::Run(name, why) => {
                let _ = writeln!(text, "{indent}{name}: {why}");
            }
            Step::Repeat(inner, why) => {
                let _ = writeln!(text, "{indent}repeat: {why}");
                list(inner, depth + 1, text);
            }
        }
    }
}
