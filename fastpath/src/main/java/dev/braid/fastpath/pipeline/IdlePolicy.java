package dev.braid.fastpath.pipeline;

/**
 * How long a thread looks for work before it sleeps. Each look is a whole duty cycle, a read of every device included.
 *
 * @param spins looks with nothing but a pause between them
 * @param yields looks after that, the processor offered to others between them
 */
public record IdlePolicy(int spins, int yields) {
    /** Few looks: on two cores a spinning stack takes the time that its application and the kernel need to answer. */
    public static final IdlePolicy DEFAULT = new IdlePolicy(8, 2);
    /** Sleeps at once. */
    public static final IdlePolicy SLEEPY = new IdlePolicy(0, 0);
}
