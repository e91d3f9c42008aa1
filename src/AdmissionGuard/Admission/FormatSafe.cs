using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Admission;

/// <summary>
/// The text of a refusal as its reader can take it. Controllers pass an error on as the format of a Go function, where <c>% o</c> is a verb without
/// a value: <c>25 % of users</c> becomes <c>25 %!o(MISSING)f users</c> in their Events (argo-rollouts utils/record/record.go, Warnf).
/// </summary>
internal static class FormatSafe
{
    private const string ServiceAccounts = "system:serviceaccount:";

    /// <summary>Without percent signs for programs; people read and paste what was written.</summary>
    public static string For(Actor reader, string text) =>
        reader.User.StartsWith(ServiceAccounts, StringComparison.Ordinal)
            ? text.Replace(" %", " percent", StringComparison.Ordinal).Replace("%", " percent", StringComparison.Ordinal)
            : text;
}
