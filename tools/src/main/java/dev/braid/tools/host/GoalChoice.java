package dev.braid.tools.host;

/**
 * What a goal means for a connection.
 *
 * @param goal the goal
 * @param scheduler the packet scheduler's name
 * @param pathManagers the path managers' names, separated by blanks
 */
public record GoalChoice(Goal goal, String scheduler, String pathManagers) {}
