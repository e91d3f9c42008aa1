using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Policies;

namespace AdmissionGuard.Tests.Policies;

/// <summary>A policy of a spec alone, read as every policy is.</summary>
internal static class PolicyDocument
{
    public static string Value(RuleSetting setting, string name)
    {
        var parameter = setting.Rule.Parameters.Single(p => p.Name == name);
        return parameter.Write(setting.ValueOf(parameter));
    }

    public static GuardPolicy Read(string spec)
    {
        var policy = PolicyReader.Read(Document(spec), out var errors);
        Assert.Empty(errors);
        return policy!;
    }

    public static IEnumerable<string> Errors(string spec)
    {
        Assert.Null(PolicyReader.Read(Document(spec), out var errors));
        return errors.Select(e => $"{e.Path.ToText()}: {e.Message}");
    }

    public static Node Document(string spec) =>
        Judge.Json($"{{'apiVersion': '{PolicyReader.ApiVersion}', 'kind': 'GuardPolicy', 'metadata': {{'name': 'test'}}, 'spec': {spec}}}");
}
