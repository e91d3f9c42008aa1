using System.CommandLine;
using AdmissionGuard.Certificates;

namespace AdmissionGuard.Commands.Options;

/// <summary><c>--service</c>: the one name that an install in another namespace must say; all else is named after it.</summary>
internal sealed class ServiceOption
{
    private readonly Option<string> service = new("--service")
    {
        Description = "the Service that the API server calls; in a cluster the Secret, the Lease and the webhook configurations are named after it",
        DefaultValueFactory = _ => ServiceName.Default,
        HelpName = "NAME.NAMESPACE.svc",
    };

    public void AddTo(Command command) => command.Add(service);

    /// <exception cref="InputException">It is no name of a Service.</exception>
    public ServiceName Of(ParseResult parsed) => ServiceName.Of(parsed.GetValue(service)!);
}
