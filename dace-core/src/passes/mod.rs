//! Rewrites that are always safe: each proves that it may apply, or does nothing.
//!
//! Most passes see a program in *linear form*: each state holds one computation (`state_split` makes it so; `state_fusion`, for
//! who wants to see dataflow graphs, undoes it). Order is then the order of blocks, and every question of legality is one about the blocks between two others.
//! Edges of maps are not kept up to date by passes; [`crate::sdfg::propagate`] makes them anew after each.

pub mod array_contraction;
pub mod chain_interleaving;
pub mod common;
pub mod common_subexpressions;
pub mod constant_propagation;
pub mod continue_to_branch;
pub mod copy_elimination;
pub mod data_race;
pub mod dead_code;
pub mod delinearise;
pub mod fold;
pub mod inline_sdfg;
pub mod loop_fusion;
pub mod loop_into_map;
pub mod loop_to_map;
pub mod map_collapse;
pub mod map_fusion;
pub mod matmul_accumulate;
pub mod matmul_batching;
pub mod matrix_vector_fusion;
pub mod on_the_fly_fusion;
pub mod privatise;
pub mod reduction;
pub mod region_cleanup;
pub mod schedule;
pub mod state_fusion;
pub mod state_split;
pub mod symbol_equality;
pub mod symbol_propagation;
pub mod tasklet_fusion;
pub mod unique_symbols;
pub mod unroll_and_jam;
pub mod wcr_locality;
