namespace AdmissionGuard.Core.Reference;

/// <summary>What the server writes into the status of our custom resources, as a structural schema.</summary>
internal static class StatusSchema
{
    /// <summary>What the status of a GuardPolicy counts.</summary>
    public static YamlMap PolicyCounts() =>
        new()
        {
            { "rules", Schema.Integer("Rules in force, those of the profile included.") },
            { "deny", Schema.Integer("Rules that refuse.") },
            { "warn", Schema.Integer("Rules that warn.") },
            { "audit", Schema.Integer("Rules that only count.") },
            { "fix", Schema.Integer("Rules that repair.") },
        };

    /// <param name="counts">What it counts; empty where the kind counts nothing.</param>
    public static YamlMap Of(YamlMap counts)
    {
        var condition = Schema.Map(
            "One thing that is true, false or unknown of it.",
            new YamlMap
            {
                { "type", Schema.Text("Accepted.", min: 1) },
                { "status", Schema.OneOf("Whether it is so.", ["True", "False", "Unknown"]) },
                { "observedGeneration", Schema.Integer("The generation that this is about.") },
                { "lastTransitionTime", Schema.Text("When the status changed.", format: "date-time") },
                { "reason", Schema.Text("Why, in one word.") },
                { "message", Schema.Text("Why, for people.") },
            },
            "type",
            "status"
        );
        var error = Schema.Map(
            "What is wrong, and where.",
            new YamlMap
            {
                { "path", Schema.Text("Where, as a JSON Pointer into the object.") },
                { "message", Schema.Text("What, and the nearest valid value.") },
            },
            "message"
        );
        var properties = new YamlMap
        {
            { "observedGeneration", Schema.Integer("The generation that was read last.") },
            { "conditions", Schema.List("What is true of it.", condition).Keyed("type") },
            {
                "errors",
                Schema.List("Everything that is wrong, at once. While there is one, the last version without errors stays in force.", error)
            },
        };
        if (counts.Any())
            properties.Add("counts", Schema.Map("What it does, in numbers.", counts));
        return Schema.Map("What the server made of it.", properties);
    }
}
