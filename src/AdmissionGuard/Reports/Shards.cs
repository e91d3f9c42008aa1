using AdmissionGuard.Core.Reference;
using AdmissionGuard.Core.Reports;

namespace AdmissionGuard.Reports;

/// <summary>
/// The reports of one namespace: <c>admissionguard</c>, and where it has more results than one object should hold <c>admissionguard-2</c> and so on.
/// </summary>
internal static class Shards
{
    public const int MostResults = 500;

    /// <summary>etcd takes 1.5 MB, and who reads reports reads all of them.</summary>
    public const int MostBytes = 512 << 10;

    /// <summary>The rights name each of them.</summary>
    public const int Most = Access.Reports;

    public static string Name(int index) => Access.ReportName(index);

    /// <param name="left">How many results found no room.</param>
    public static List<List<(AuditResult Result, ReadOnlyMemory<byte> Json)>> Of(IEnumerable<AuditResult> results, out int left)
    {
        var shards = new List<List<(AuditResult, ReadOnlyMemory<byte>)>>();
        var bytes = 0;
        left = 0;
        foreach (var result in results)
        {
            var json = left == 0 ? ReportBody.Result(result) : default;
            if (left == 0 && (shards.Count == 0 || shards[^1].Count == MostResults || bytes + json.Length > MostBytes))
            {
                if (shards.Count < Most)
                    shards.Add([]);
                else
                    left = 1;
                bytes = 0;
            }
            else if (left > 0)
            {
                left++;
            }
            if (left > 0)
                continue;
            bytes += json.Length;
            shards[^1].Add((result, json));
        }
        return shards;
    }
}
