using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Reference;
using AdmissionGuard.Core.Reports;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Reports;

/// <summary>
/// A report as JSON, and what is compared of one: all that we write, without the times. Keys stand in the order of their names, as the API server
/// gives them back.
/// </summary>
internal static class ReportBody
{
    public const string ManagedBy = "app.kubernetes.io/managed-by";

    /// <summary>Ours, in every namespace.</summary>
    public const string Selector = $"{ManagedBy}={Labels.Name}";

    /// <summary>
    /// A report is made by no manifest: Argo CD must neither call it extraneous nor prune it (docs/facts/argo-cd.md#extraneous-objects), where it
    /// lies in a namespace that an Application tracks.
    /// </summary>
    private static readonly (string Key, string Value)[] Annotations =
    [
        ("argocd.argoproj.io/compare-options", "IgnoreExtraneous"),
        ("argocd.argoproj.io/sync-options", "Prune=false"),
    ];

    /// <summary>One result without its time: parts of a whole, and what tells whether it was there before.</summary>
    public static ReadOnlyMemory<byte> Result(AuditResult result)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("message"u8, result.Message);
            json.WriteString("policy"u8, result.Policy.Length == 0 ? Labels.Name : result.Policy);
            json.WriteStartObject("properties"u8);
            json.WriteString("action"u8, Words.Of(result.Action));
            WriteWhere(json, "because", Words.Of(result.Because));
            WriteWhere(json, "found", result.Found);
            WriteWhere(json, "limit", result.Limit);
            WriteWhere(json, "path", result.Path);
            WriteWhere(json, "remedy", result.Remedy);
            json.WriteEndObject();
            json.WriteStartArray("resources"u8);
            Write(json, result.Object);
            json.WriteEndArray();
            json.WriteString("result"u8, IsFailure(result) ? "fail"u8 : "warn"u8);
            json.WriteString("rule"u8, result.Rule);
            json.WriteString("severity"u8, Severity(result));
            json.WriteString("source"u8, Labels.Name);
            json.WriteEndObject();
        }
        return buffer.WrittenMemory;
    }

    /// <param name="since">Of each result, when it was found, in seconds of UTC.</param>
    /// <param name="version">The report's as it was seen; null where there is none yet.</param>
    public static ReadOnlyMemory<byte> Report(
        ReportApi api,
        string ns,
        string name,
        IReadOnlyList<(AuditResult Result, ReadOnlyMemory<byte> Json)> results,
        Func<UInt128, long> since,
        string? version
    )
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("apiVersion"u8, api.Reports.ApiVersion);
            json.WriteString("kind"u8, api.KindIn(ns));
            WriteMetadata(json, ns, name, version);
            json.WriteStartArray("results"u8);
            foreach (var (_, part) in results)
            {
                json.WriteStartObject();
                foreach (var entry in Node.Parse(part).Entries)
                    entry.WriteTo(json);
                json.WriteStartObject("timestamp"u8);
                json.WriteNumber("nanos"u8, 0);
                json.WriteNumber("seconds"u8, since(Digest(part.Span)));
                json.WriteEndObject();
                json.WriteEndObject();
            }
            json.WriteEndArray();
            if (api.HasSource)
                json.WriteString("source"u8, Labels.Name);
            json.WriteStartObject("summary"u8);
            var failures = results.Count(r => IsFailure(r.Result));
            json.WriteNumber("error"u8, 0);
            json.WriteNumber("fail"u8, failures);
            json.WriteNumber("pass"u8, 0);
            json.WriteNumber("skip"u8, 0);
            json.WriteNumber("warn"u8, results.Count - failures);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return buffer.WrittenMemory;
    }

    /// <summary>Of a report, ours or as it is stored: what it says, and since when each result stands.</summary>
    public static (UInt128 Content, Dictionary<UInt128, long> Since) Read(Node report)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var since = new Dictionary<UInt128, long>();
        var buffer = new ArrayBufferWriter<byte>(1024);
        foreach (var item in report["results"u8].Items)
        {
            var entry = item;
            Copy(buffer, json =>
            {
                json.WriteStartObject();
                foreach (var part in entry.Entries.Where(e => e.Name != "timestamp"))
                    part.WriteTo(json);
                json.WriteEndObject();
            });
            hash.AppendData(buffer.WrittenSpan);
            if (entry["timestamp"u8]["seconds"u8].TryGetInt64(out var seconds))
                since[Digest(buffer.WrittenSpan)] = seconds;
        }
        Copy(buffer, json =>
        {
            json.WriteStartArray();
            report["summary"u8].WriteTo(json);
            report["source"u8].WriteTo(json);
            report["metadata"u8]["labels"u8][ManagedBy].WriteTo(json);
            foreach (var (key, _) in Annotations)
                report["metadata"u8]["annotations"u8][key].WriteTo(json);
            // no garbage collector shall take it along with somebody's object
            json.WriteBooleanValue(report["metadata"u8]["ownerReferences"u8].Exists);
            json.WriteEndArray();
        });
        hash.AppendData(buffer.WrittenSpan);
        return (System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(hash.GetHashAndReset()), since);
    }

    public static UInt128 Digest(ReadOnlySpan<byte> json)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(json, hash);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }

    private static bool IsFailure(AuditResult result) => result.Action == GuardAction.Deny;

    /// <summary>
    /// By what the policy asks for where only its mode holds it back: in the first weeks, with everything warning, that is what tells the grave from
    /// the small.
    /// </summary>
    private static string Severity(AuditResult result) =>
        (result.Because == Because.Mode ? result.Wanted : result.Action) switch
        {
            GuardAction.Deny => "high",
            GuardAction.Warn => "medium",
            _ => "low",
        };

    private static void WriteMetadata(Utf8JsonWriter json, string ns, string name, string? version)
    {
        json.WriteStartObject("metadata"u8);
        json.WriteStartObject("annotations"u8);
        foreach (var (key, value) in Annotations)
            json.WriteString(key, value);
        json.WriteEndObject();
        json.WriteStartObject("labels"u8);
        json.WriteString(ManagedBy, Labels.Name);
        json.WriteEndObject();
        json.WriteString("name"u8, name);
        if (ns.Length > 0)
            json.WriteString("namespace"u8, ns);
        if (version is not null)
            json.WriteString("resourceVersion"u8, version);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Referent referent)
    {
        json.WriteStartObject();
        json.WriteString("apiVersion"u8, referent.ApiVersion);
        json.WriteString("kind"u8, referent.Kind);
        json.WriteString("name"u8, referent.Name);
        WriteWhere(json, "namespace", referent.Namespace);
        WriteWhere(json, "uid", referent.Uid);
        json.WriteEndObject();
    }

    private static void WriteWhere(Utf8JsonWriter json, string key, string? value)
    {
        if (!string.IsNullOrEmpty(value))
            json.WriteString(key, value);
    }

    private static void Copy(ArrayBufferWriter<byte> buffer, Action<Utf8JsonWriter> write)
    {
        buffer.ResetWrittenCount();
        using var json = new Utf8JsonWriter(buffer);
        write(json);
    }
}
