// Which files hold tests, by their names in the languages that people write: `tests` in a role's paths. A role that may
// change only these, and one that may not, divide a tree between them without a gap.
import { wordList } from "../word-list.ts";

export const TEST_FILES: readonly string[] = wordList(`
  **/test/** **/tests/** **/Test/** **/__tests__/** **/__snapshots__/** **/spec/** **/specs/** **/e2e/**
  **/cypress/** **/testdata/** **/androidTest/** **/integrationTest/** **/*Tests/** **/testFixtures/**
  **/__mocks__/** **/features/step_definitions/**
  **/*.test.* **/*-test.* **/*_test.* **/*.spec.* **/*-spec.* **/*_spec.* **/*.e2e.* **/*.cy.* **/*.test-d.ts
  **/test_*.* **/tests.py **/tests.rs **/*_tests.* **/*_unittest.*
  **/conftest.py **/*Test.java **/*Tests.java **/*IT.java **/*Test.kt **/*Tests.kt **/*Spec.kt **/*IT.kt
  **/*Test.php **/*Test.cs **/*Tests.cs **/*Tests.vb **/*Tests.fs **/*Tests.swift **/*Test.cpp **/*Test.cc
  **/*Test.m **/*Tests.cpp **/*Tests.m **/*Test.scala **/*Spec.scala **/*Spec.groovy **/*Spec.hs
  **/*_SUITE.erl **/*.Tests.ps1 **/t/**/*.t **/*.bats **/*.feature
`);
