package dev.braid.fastpath.pipeline;

class StagedPipelineTest extends PipelineContract {
    StagedPipelineTest() {
        super(Threads.STAGED);
    }
}
