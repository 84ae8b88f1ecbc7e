"""The variants: each combines one answer to as many open questions as it can; must not answer anything itself."""

from conformance.reference.variants import access, body, envelope, fields, images, labels, late, life, readback, text
from conformance.reference.variants.registry import variant


@variant("strict", "Refuses whatever it may refuse, and closes the connection after it.")
class Strict(
    fields.RefusesBlankTitle,
    fields.RefusesTitleInstead,
    fields.RefusesEmptyKey,
    fields.RefusesNull,
    labels.RefusesTooMany,
    labels.RefusesUnusualNames,
    images.RefusesImageKeys,
    images.RefusesImageWithoutSrc,
    life.RefusesUnknownRecovery,
    life.RecoversStateOnly,
    access.BadKeyIsUnauthorized,
    access.RefusesTwoKeys,
    access.WrongMethodIsRouteNotFound,
    access.LiteralPath,
    access.RefusesOtherCharsets,
    access.NoContentTypeIsInvalidParameter,
    body.RefusesDoubles,
    body.RefusesDepth,
    body.RefusesSurrogates,
    body.RefusesContentEncoding,
    body.RefusesOneMebibyte,
    text.RefusesControls,
    envelope.ClosesAfterRefusal,
    envelope.NoMessage,
    readback.IgnoresPageNumber,
):
    """Nothing that is not written down."""


@variant("lenient", "Takes whatever it may take, and leaves out what it cannot keep.")
class Lenient(
    fields.TakesEmptyTitle,
    fields.LeavesOutWrongTypes,
    labels.KeepsLast50,
    labels.KeepsLongNames,
    images.KeepsEqualAlt,
    images.KeepsUnusualSources,
    images.KeepsImageWithoutSrc,
    life.StoresUnknownRecovery,
    life.CountsRepeats,
    access.LastKeyCounts,
    access.AnswersOptions,
    access.ForgivingPath,
    body.ReplacesBadUtf8,
    body.HeedsCharset,
    body.TakesHugeNumbers,
    body.UnpacksGzip,
    body.TakesAnySize,
    text.RendersGoTemplates,
    envelope.PlainMediaType,
    envelope.NumberIds,
    readback.OldestFirst,
):
    """Be liberal in what you accept."""


@variant("utf16", "Counts UTF-16 units, uses UUIDs, and shows what is empty as null.")
class Utf16(
    text.CountsUtf16Units,
    labels.CutsLongNames,
    images.DropsImageKeys,
    images.KeepsLastOfEqualAlt,
    life.RecoversSeverity,
    access.BadKeyIsAccessDenied,
    body.FirstOfDoubles,
    envelope.UuidIds,
    envelope.NullDataOnErrors,
    readback.ShowsNull,
    readback.OrderedByKey,
):
    """As a server in Java might be."""


@variant("trimming", "Tidies text up, compares keys in normal form, and leaves out what is empty.")
class Trimming(
    text.TidiesText,
    text.NormalisesKeys,
    fields.RefusesBlankTitle,
    fields.LeavesOutAllLabels,
    labels.Keeps50ByName,
    labels.DropsUnusualNames,
    access.WrongMethodIsRouteNotFound,
    body.ReplacesBadUtf8,
    envelope.NoKeyOnOk,
    envelope.EmptyDataOnErrors,
    readback.LeavesOutEmpty,
    readback.HidesTitleRule,
    readback.Shuffled,
):
    """As a server behind a form might be."""


@variant("reopening", "Reopens recovered alerts, merges updates into them, and counts every event.")
class Reopening(
    life.Reopens,
    life.CountsRepeats,
    life.Merges,
    life.FirstSeverity,
    life.RecoversStateOnly,
    images.KeepsLastOfEqualAlt,
    labels.CutsLongNames,
    text.RendersOnlyParts,
    envelope.ShortIds,
    envelope.ChunkedReplies,
    readback.IgnoresCursor,
    readback.ShortPages,
):
    """One alert per key for ever."""


@variant("emptying", "Empties what an update does not bring, and answers with as little as it can.")
class Emptying(
    life.EmptiesAbsentFields,
    life.Reopens,
    images.KeepsEqualAlt,
    images.KeepsImageWithoutSrc,
    text.DropsControls,
    fields.RefusesTitleInstead,
    access.BadKeyIsAccessDenied,
    envelope.NoDataOnOk,
    envelope.NoMessage,
    envelope.PlainMediaType,
    readback.LeavesOutEmpty,
    readback.IgnoresPageNumber,
    readback.ShortPages,
):
    """The latest event is all there is."""


@variant("chatty", "Adds members and headers that nobody asked for, with ids that have to be quoted.")
class Chatty(
    envelope.MoreMembers,
    envelope.GzipReplies,
    envelope.OddIds,
    envelope.NullDataOnErrors,
    labels.RefusesTooMany,
    labels.KeepsLongNames,
    life.StoresUnknownRecovery,
    life.RecoversSeverity,
    access.AnswersOptions,
    access.BadKeyIsUnauthorized,
    body.HeedsCharset,
    readback.ShowsNull,
    readback.Shuffled,
    readback.ShortPages,
):
    """Everything that a client has to overlook."""


@variant("late", "Shows alerts late and out of order, and repeats its webhooks.")
class Late(
    late.SeenAfterAWhile,
    late.RepeatsWebhooks,
    labels.Keeps50ByName,
    images.DropsImageKeys,
    access.LastKeyCounts,
    body.RefusesOneMebibyte,
    envelope.UuidIds,
    readback.OldestFirst,
):
    """As a store behind a queue might be."""
