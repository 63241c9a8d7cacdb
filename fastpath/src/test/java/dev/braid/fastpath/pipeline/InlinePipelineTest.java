package dev.braid.fastpath.pipeline;

class InlinePipelineTest extends PipelineContract {
    InlinePipelineTest() {
        super(Threads.INLINE);
    }
}
