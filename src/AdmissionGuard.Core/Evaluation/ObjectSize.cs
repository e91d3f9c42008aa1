using System.Runtime.InteropServices;
using System.Text.Json;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Settings;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Evaluation;

/// <summary>
/// How much there is to judge in an object, by one walk over it; metadata and status aside. A map with more keys than any definition has is its
/// author's, and counts as a list; so does a long text.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ObjectSize(int Steps, int Routes, int ListItems, int Depth)
{
    /// <summary>Fields that some definition has in one map.</summary>
    private const int MostFields = 64;

    /// <summary>A text of more bytes than that is as much to read as a list: so many of its bytes are as an item.</summary>
    private const int LongText = 4 << 10;

    private const int TextItem = 256;

    private const int Quotes = 2;

    /// <summary>Whether an object of so many bytes may exceed a limit at all: each item and each level takes two.</summary>
    public static bool IsWorthwhile(Node root, ObjectLimits limits) =>
        root.Raw.Length / 2 > Math.Min(Math.Min(limits.Steps, limits.Routes), Math.Min(limits.ListItems, limits.Depth));

    public static ObjectSize Of(ObjectKind kind, Node root)
    {
        var spec = root["spec"u8];
        var (steps, routes) = (0, 0);
        if (kind == ObjectKind.Rollout)
            steps = spec["strategy"u8]["canary"u8]["steps"u8].Count;
        else if (kind == ObjectKind.Canary)
            steps = spec["analysis"u8]["stepWeights"u8].Count;
        else if (kind == ObjectKind.VirtualService)
            routes = spec["http"u8].Count + spec["tls"u8].Count + spec["tcp"u8].Count;
        else if (kind == ObjectKind.HttpRoute)
            routes = spec["rules"u8].Count;
        var (items, depth) = Walk(root, isRoot: true);
        return new ObjectSize(steps, routes, items, depth);
    }

    /// <summary>What is beyond its limit, in the words of GuardSettings; null where nothing is.</summary>
    public (string Name, string What, int Found, int Limit)? Beyond(ObjectLimits limits)
    {
        if (Steps > limits.Steps)
            return ("steps", "steps", Steps, limits.Steps);
        if (Routes > limits.Routes)
            return ("routes", "routes", Routes, limits.Routes);
        if (ListItems > limits.ListItems)
            return ("listItems", "items of lists, of large maps and of long texts", ListItems, limits.ListItems);
        return Depth > limits.Depth ? ("depth", "levels of lists and maps in each other", Depth, limits.Depth) : null;
    }

    /// <summary>Whether it exceeds no limit that another does not exceed at least as much.</summary>
    public bool IsNoLargerThan(ObjectSize other, ObjectLimits limits) =>
        (Steps <= limits.Steps || Steps <= other.Steps)
        && (Routes <= limits.Routes || Routes <= other.Routes)
        && (ListItems <= limits.ListItems || ListItems <= other.ListItems)
        && (Depth <= limits.Depth || Depth <= other.Depth);

    /// <summary>Items below a value, and the levels of lists and maps from it on.</summary>
    private static (int Items, int Depth) Walk(Node node, bool isRoot)
    {
        if (node.Kind == JsonValueKind.String)
            return (node.Raw.Length - Quotes > LongText ? (node.Raw.Length - Quotes) / TextItem : 0, 0);
        var (items, count, deepest) = (0, node.Count, 0);
        foreach (var item in node.Items)
            Add(item);
        foreach (var entry in node.Entries)
        {
            if (isRoot && (entry.NameIs("metadata"u8) || entry.NameIs("status"u8)))
                continue;
            count++;
            Add(entry.Value);
        }
        if (node.IsArray || count > MostFields)
            items += count;
        return (items, node.IsArray || node.IsObject ? deepest + 1 : 0);

        void Add(Node below)
        {
            var (more, depth) = Walk(below, isRoot: false);
            items += more;
            deepest = Math.Max(deepest, depth);
        }
    }
}
