package dev.braid.tools.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What an examination found.
 *
 * @param findings in the order of looking: the host first
 */
public record DoctorReport(List<Finding> findings) {
    /** Keeps a copy of the list. */
    public DoctorReport {
        findings = List.copyOf(findings);
    }

    /** Whether anything does not work. */
    public boolean hasProblem() {
        return findings.stream().anyMatch(finding -> finding.grade() == Finding.Grade.PROBLEM);
    }

    /** The report about one link and the host. */
    DoctorReport about(String link) {
        return new DoctorReport(findings.stream()
                .filter(finding -> finding.link().isEmpty() || finding.link().equals(link))
                .toList());
    }

    /** For programs: {@code findings}, a list of objects with {@code grade}, {@code link}, {@code text} and {@code remedy}. */
    public Map<String, ?> map() {
        return Map.of("findings", findings.stream().map(Finding::map).toList());
    }

    /** Reads what {@link #map} wrote. */
    static DoctorReport of(Map<String, ?> answer) {
        List<Finding> findings = new ArrayList<>();
        if (answer.get("findings") instanceof List<?> given) {
            for (Object finding : given) {
                if (finding instanceof Map<?, ?> fields) {
                    findings.add(Finding.of(fields));
                }
            }
        }
        return new DoctorReport(findings);
    }
}
