using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Istio;

/// <summary>The part of <see cref="RefusedVirtualService"/> that is about headers that a route adds, sets and removes.</summary>
internal static class RefusedHeaders
{
    private static readonly string[] Sides = ["request", "response"];
    private static readonly string[] Writing = ["add", "set"];

    public static void Check(Node headers, Refusals to)
    {
        if (!headers.Exists)
            return;
        foreach (var side in Sides)
        {
            var operations = headers[side];
            foreach (var key in Writing)
            {
                foreach (var entry in to.Read.Map(operations[key]).Entries)
                    Written(entry.Name, entry.Value, side == "request", to);
            }
            foreach (var item in to.Read.Items(operations["remove"u8]))
            {
                if (to.Read.Text(item) is { } name && HeaderFormat.WrongOperation(name, authorityAllowed: false) is { } why)
                    to.Add(item, $"header {Refusals.Word(name)}", why);
            }
        }
    }

    private static void Written(string name, Node value, bool authorityAllowed, Refusals to)
    {
        if (HeaderFormat.WrongOperation(name, authorityAllowed) is { } why)
            to.Add(value, $"header {Refusals.Word(name)}", why);
        else if (value.Exists && to.Read.Text(value) is { } text && !HeaderFormat.IsValue(text))
            to.Add(
                value,
                $"header {Refusals.Word(name)}",
                $"the value {Refusals.Word(text)} is not one that Envoy can read, a percent sign is written \"%%\""
            );
    }

    /// <summary>The authority can be rewritten in one place only.</summary>
    public static void Authority(Node route, Refusals to)
    {
        var operations = route["headers"u8]["request"u8];
        if (!operations.Exists)
            return;
        var current = route["rewrite"u8]["authority"u8].Text ?? "";
        foreach (var key in (string[])["set", "add"])
        {
            foreach (var entry in operations[key].Entries)
            {
                if (!HeaderFormat.IsAuthority(entry.Name))
                    continue;
                if (current.Length > 0)
                    to.Add(entry.Value, "authority", "the authority is rewritten twice, once is allowed");
                current = entry.Value.Text ?? "";
            }
        }
    }
}
