package dev.braid.stack.fuzz;

import dev.braid.testing.fuzz.FuzzCorpus;

class CorpusTest extends FuzzCorpus {}
