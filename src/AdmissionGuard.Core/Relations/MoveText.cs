using System.Globalization;
using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Routing;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Core.Relations;

/// <summary>A destination that grows by more than a limit from one route to the one that follows it.</summary>
internal readonly record struct RouteMove(SplitRoute Was, SplitRoute Now, UserShift Shift, UserShift.Move Move, bool IsSure);

/// <summary>How a route comes to follow another: as the same one, because the other is gone, or because it is put in front of it.</summary>
internal enum Pairing
{
    Same,
    Removed,
    Added,
}

/// <summary>What is said where too many users move to a newer version at once.</summary>
internal static class MoveText
{
    private const string OfNames = "are allowed only in a rollback, and names do not tell whether this is one";

    /// <summary>Two routes that follow each other, whatever their requests.</summary>
    public static Finding Of(Inspection x, RouteMove move, Pairing pairing, long limit)
    {
        var lead = pairing switch
        {
            Pairing.Removed => $"with {move.Was.Title} gone its users fall to the catch-all {move.Now.Noun}: ",
            Pairing.Added => $"{move.Now.Title} takes users of {move.Was.Title}: ",
            _ => "",
        };
        var found = Growth(x, move.Shift, move.Move, move.IsSure && pairing != Pairing.Removed ? null : OfNames, limit);
        return found with
        {
            Key = $"{(pairing == Pairing.Added ? move.Now.Key : move.Was.Key)} {move.Move.Destination}",
            Message = lead + found.Message,
            Remedy = pairing == Pairing.Removed ? null : RemedyOf(new RouteOwners(x), move, limit),
        };
    }

    /// <summary>A request that goes elsewhere: it is the finding's key, and said where more than the weights of one route changed.</summary>
    public static Finding Of(Inspection x, RequestMoves move, long limit)
    {
        var doubt = move.IsOfSome ? "at once are too many, and how many users send such a request is not known" : OfNames;
        var found = Growth(x, move.Shift, move.Move, move.IsSure ? null : doubt, limit);
        var isMine = move.Now is { } now && now.Of.Key == x.Key;
        var isOneRoute = isMine && move.Was?.Of.Key == x.Key && move.Was.Route.CanonicalMatch == move.Now!.Route.CanonicalMatch;
        return found with
        {
            At = isMine ? found.At : RequestSides.PlaceOf(x),
            Key = $"{move.Change.Request}{move.Table.Caller} {move.Move.Destination}",
            Message = isOneRoute ? found.Message : $"{move.Change.Request}{move.Table.Caller}: {found.Message}{By(x, move)}",
            Remedy = isOneRoute
                ? RemedyOf(new RouteOwners(x), new RouteMove(move.Was!.Route, move.Now!.Route, move.Shift, move.Move, move.IsSure), limit)
                : null,
        };
    }

    public static Finding Unknown(Inspection x) =>
        new(
            RequestSides.PlaceOf(x),
            "requests",
            $"the conditions of the routes tell more than {TableChange.MostRequests} kinds of requests apart: not all were compared, so it is "
                + "not known how many users move"
        )
        {
            Remedy = "# change the routes in several updates, or use fewer conditions that differ in more than the path",
            AtMost = GuardAction.Warn,
        };

    /// <param name="doubt">Why it may be harmless; null where it is not.</param>
    private static Finding Growth(Inspection x, UserShift shift, UserShift.Move move, string? doubt, long limit)
    {
        var step = $"{move.Destination.Title(x.Subject)} goes from {Shown.Percent(move.From)} to {Shown.Percent(move.To)} of users in one step, ";
        var allowed = doubt is null ? $"an increase of at most {limit} points is allowed" : $"more than {limit} points {doubt}";
        return new Finding(Place(move.Item), "", step + allowed)
        {
            Found = string.Create(CultureInfo.InvariantCulture, $"+{move.Growth:0.#} points"),
            Limit = $"+{limit} points",
            Excess = move.Growth - limit,
            AtMost = doubt is null ? GuardAction.Deny : GuardAction.Warn,
            AtMostBecause = Because.Direction,
        };
    }

    /// <summary>Whose route takes the request, where it is not the one that changed.</summary>
    private static string By(Inspection x, RequestMoves move)
    {
        if (move.Now is null)
            return ", since no route is left: the service itself answers, with the pods of all versions";
        return move.Now.Of.Key == x.Key ? "" : $", by {move.Now.Route.Title} of {move.Now.Of.Key.TitleIn(x.Subject.Namespace)}";
    }

    private static string Doubt(bool isSure) => isSure ? "" : "# if this is a release, and no failover or rollback:\n";

    /// <summary>The next weights; where ping-pong exchanges the sides, Git cannot hold any.</summary>
    private static string RemedyOf(RouteOwners rollouts, RouteMove of, long limit)
    {
        if (rollouts.IsPingPong(of.Now))
            return RolloutTies.LeaveTheWeights;
        return Doubt(of.IsSure) + (WeightsYaml.Of(of.Now, of.Shift.Next((int)limit)) ?? $"weight: {(int)of.Move.From + limit}");
    }

    private static Place Place(Node item) => item["weight"u8].Exists ? item["weight"u8] : item;
}
