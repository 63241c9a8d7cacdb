package dev.braid.tools.doctor;

import dev.braid.fastpath.device.DeviceException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Looks at everything that has to be right for links to be used. */
public final class Doctor {
    private static final Map<String, Check> CHECKS = checks();

    private final DoctorFacts facts;

    Doctor(DoctorFacts facts) {
        this.facts = facts;
    }

    private static Map<String, Check> checks() {
        var all = new LinkedHashMap<String, Check>();
        all.put("the host", new HostCheck());
        all.put("the links", new LinkCheck());
        all.put("rules and forwarding", new BindingCheck());
        all.put("IPv6", new Ipv6Check());
        all.put("name servers", new NamesCheck());
        all.put("Multipath TCP", new MultipathCheck());
        all.put("packet sizes", new MtuCheck());
        // Behind the trials: what they send is counted, too, and tells more than what has been so long ago.
        all.put("firewalls", new FirewallCheck());
        return all;
    }

    /** Looks; takes as long as trials of the servers do, fourteen seconds at most, and six for each link that swallows packets. */
    public DoctorReport examine() {
        List<Finding> findings = new ArrayList<>();
        CHECKS.forEach((what, check) -> {
            try {
                check.examine(facts, findings::add);
            } catch (DeviceException e) {
                findings.add(Finding.warning("", "could not look at " + what + ": " + e.getMessage(), ""));
            }
        });
        return new DoctorReport(findings);
    }
}
