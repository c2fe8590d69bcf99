# العربية الفصحى المعاصرة

## اللغة نفسها

language-name = العربية
language-direction = rtl
number-group = ,
date = { $day } { $month ->
    [1] يناير
    [2] فبراير
    [3] مارس
    [4] أبريل
    [5] مايو
    [6] يونيو
    [7] يوليو
    [8] أغسطس
    [9] سبتمبر
    [10] أكتوبر
    [11] نوفمبر
   *[12] ديسمبر
} { $year }
date-time = { $day } { $month ->
    [1] يناير
    [2] فبراير
    [3] مارس
    [4] أبريل
    [5] مايو
    [6] يونيو
    [7] يوليو
    [8] أغسطس
    [9] سبتمبر
    [10] أكتوبر
    [11] نوفمبر
   *[12] ديسمبر
} { $year }، { $time } بالتوقيت العالمي

## في عدة صفحات

page-dev = وضع التطوير، بيانات مؤقتة
page-error = خطأ: { $title }
page-new-tab = (يُفتح في علامة تبويب جديدة)
page-email = البريد الإلكتروني
page-password = كلمة المرور
page-sign-in = تسجيل الدخول
page-sign-out = تسجيل الخروج
page-continue = متابعة
page-continue-to = للمتابعة إلى { $client }
page-signed-in-as = سجّلت الدخول باسم { $user }.
page-for-developers = لمطوّري هذا التطبيق
page-privacy = سياسة الخصوصية
page-terms = الشروط
page-links = عن هذا الموقع
page-support = المساعدة
page-website = الموقع الإلكتروني

## /login

login-title = تسجيل الدخول
login-heading = تسجيل الدخول إلى { $brand }
login-confirm = أكّد أنك أنت
login-confirm-why = تتطلب هذه الخطوة تحققًا جديدًا، لذا يُرجى إدخال كلمة المرور مرة أخرى.
login-trouble = هل تواجه مشكلة في تسجيل الدخول؟
login-trouble-help = تحقق من عنوان البريد الإلكتروني ومن أن مفتاح Caps Lock غير مفعّل. أما زالت المشكلة قائمة؟ يستطيع القائمون على { $brand } منحك كلمة مرور جديدة.
login-forgot = هل نسيت كلمة المرور؟
login-people = أو سجّل الدخول بنقرة واحدة
login-wrong = لا يوجد هنا حساب يطابق هذا البريد الإلكتروني وكلمة المرور هذه. تحقق منهما وحاول مرة أخرى.
login-throttled = { $seconds ->
    [one] محاولات كثيرة جدًا. انتظر ثانية واحدة ثم حاول مرة أخرى.
    [two] محاولات كثيرة جدًا. انتظر ثانيتين ثم حاول مرة أخرى.
    [few] محاولات كثيرة جدًا. انتظر { $seconds } ثوانٍ ثم حاول مرة أخرى.
    [many] محاولات كثيرة جدًا. انتظر { $seconds } ثانيةً ثم حاول مرة أخرى.
   *[other] محاولات كثيرة جدًا. انتظر { $seconds } ثانية ثم حاول مرة أخرى.
}

## /select

select-title = اختر حسابًا
select-continue = المتابعة باسم { $user }
select-signed-in = مسجّل الدخول
select-another = استخدام حساب آخر

## /consent

consent-title = يطلب { $client } الوصول
consent-wants = يريد { $client } استخدام حسابك في { $brand }
consent-wants-more = { $things ->
    [one] يطلب { $client } إذنًا إضافيًا واحدًا
   *[other] يطلب { $client } أذونات إضافية
}
consent-described-at = موصوف في { $host }
consent-goes-to = تُرسل الإجابات إلى { $host }
consent-approved = اعتمده { $brand } في { $day }
consent-third-party = ليس من صنع { $brand }
consent-local = يعمل هذا التطبيق على جهازك أنت، ولا يستطيع { $brand } التأكد من أنه { $client } حقًا. لا تتابع إلا إذا كنت قد شغّلته بنفسك للتو.
consent-signed-in-as = مسجّل الدخول باسم { $user }
consent-switch = تبديل الحساب
consent-will = سيتمكن التطبيق من
consent-will-also = سيتمكن التطبيق أيضًا من
consent-new = جديد
consent-offline = البقاء متصلًا في غيابك
    .detail = أزل العلامة للسماح بهذه الزيارة فقط.
consent-before = ما سمحت به سابقًا ({ $count })
consent-places = أين يُسمح له بذلك
consent-only-you = يعرف التطبيق أنك أنت، ولا شيء غير ذلك عنك.
consent-workspace = أين يُسمح له بالعمل
consent-never = لن يرى التطبيق كلمة مرورك.
consent-allow = السماح
consent-deny = إلغاء
consent-disconnect = يمكنك فصل { $client } في أي وقت:

## معاني الأذونات والمعلومات في صفحة /consent

scope-profile = الاطّلاع على اسمك وملفك الشخصي
    .detail = الاسم والصورة واللغة والمنطقة الزمنية.
scope-email = الاطّلاع على بريدك الإلكتروني
scope-address = الاطّلاع على عنوانك البريدي
scope-phone = الاطّلاع على رقم هاتفك
scope-admin = إدارة { $brand }
    .detail = تسجيل التطبيقات وتعديلها وإدارة الأشخاص، بقدر ما تستطيع أنت.
scope-tokens = إدارة رموز API الخاصة بك
    .detail = رؤية الرموز التي تتصرف باسمك وإنشاؤها وحذفها.
scope-workspaces = إدارة مساحات عملك
    .detail = إعادة تسمية ما تملكه أو تديره منها وإدارة أعضائها، بقدر ما تستطيع أنت.
scope-sources-read = معرفة الخدمات التي يمكن لمساحة عملك الاتصال بها
    .detail = أسماؤها وإعداداتها، دون أسرارها أبدًا.
scope-sources-write = إعداد الخدمات التي يمكن لمساحة عملك الاتصال بها
    .detail = إضافتها وتغييرها وإزالتها، بقدر ما تستطيع أنت.
scope-accounts-read = رؤية حساباتك المتصلة
    .detail = الحسابات التي وصلتها لدى شركات أخرى وحالتها، دون رموزها.
scope-accounts-write = إدارة حساباتك المتصلة
    .detail = تسمية الحسابات التي تديرها لدى شركات أخرى وتعطيلها ومشاركتها وحذفها.
scope-accounts-credentials = استخدام حساباتك المتصلة
    .detail = التصرف باسمك لدى الشركات الأخرى، بقدر ما سمحت به هناك.
scope-accounts-credentials-of = استخدام حساباتك لدى { $source }
    .detail = التصرف باسمك هناك، بقدر ما سمحت به هناك.
scope-accounts-custody = نقل حساباتك المتصلة
    .detail = تسليم مفاتيحها الدائمة إلى نظام آخر. تتوقف عن العمل هنا عندئذ.
scope-connect-write = دعوة الناس إلى وصل حسابات
    .detail = إنشاء روابط يوصل بها حساب لدى شركة أخرى.
scope-webhooks-write = معرفة ما يحدث للحسابات المتصلة
    .detail = رسائل عندما يوصل حساب أو يتعطل أو ينتهي، دون رموز.
scope-unknown = { $scope }
    .detail = يطلب التطبيق هذا باسمه التقني.
claim-name = الاطّلاع على اسمك الكامل
claim-given-name = الاطّلاع على اسمك الأول
claim-family-name = الاطّلاع على اسم عائلتك
claim-middle-name = الاطّلاع على اسمك الأوسط
claim-preferred-username = الاطّلاع على اسم المستخدم الخاص بك
claim-profile = الاطّلاع على صفحة ملفك الشخصي
claim-birthdate = الاطّلاع على تاريخ ميلادك
claim-zoneinfo = الاطّلاع على منطقتك الزمنية
claim-locale = الاطّلاع على لغتك
claim-email = الاطّلاع على بريدك الإلكتروني
claim-email-verified = معرفة ما إذا كان بريدك الإلكتروني قد تم التحقق منه
claim-phone-number = الاطّلاع على رقم هاتفك
claim-phone-number-verified = معرفة ما إذا كان رقم هاتفك قد تم التحقق منه
claim-address = الاطّلاع على عنوانك البريدي
claim-updated-at = معرفة موعد آخر تغيير في حسابك
claim-nickname = الاطّلاع على لقبك
claim-picture = الاطّلاع على صورتك
claim-website = الاطّلاع على موقعك الإلكتروني
claim-gender = الاطّلاع على جنسك
claim-other = الاطّلاع على المعلومة «{ $claim }»

## /logout

logout-title = تسجيل الخروج
logout-heading = هل تريد تسجيل الخروج من { $brand }؟
logout-asked = طلب منا { $client } ({ $host }) تسجيل خروجك من هنا أيضًا.
logout-come-back = ستحتاج إلى كلمة مرورك للعودة.
logout-nobody = يبدو أن لا أحد مسجّل الدخول في هذا المتصفح. لا ضرر من تسجيل الخروج مرة أخرى.
logout-stay = البقاء هنا
logout-done = تم تسجيل خروجك
logout-others = لحظة من فضلك: تسجّل التطبيقات الأخرى التي فتحتها خروجك أيضًا.
logout-left-for = لقد غادرت { $brand }. إذا كان { $client } لا يزال يعرض بياناتك، فسجّل الخروج منه أيضًا.
logout-left = لقد غادرت { $brand } في هذا المتصفح. قد تكون التطبيقات التي فتحتها به ما زالت مسجّلة الدخول.
logout-shared = إذا كنت تستخدم حاسوبًا مشتركًا، فأغلق النافذة أيضًا.
logout-onward = متابعة
logout-onward-to = المتابعة إلى { $client }
logout-again = تسجيل الدخول من جديد
logout-frame = تطبيق آخر يسجّل خروجك

## /setup

setup-title = إنشاء أول حساب مدير
setup-welcome = أهلًا بك. يتولى هذا الحساب إدارة الأشخاص والتطبيقات والحسابات المرتبطة في { $brand }. يمكنك إضافة مديرين آخرين لاحقًا.
setup-name = اسمك
setup-password-hint = 8 أحرف على الأقل. بضع كلمات متتالية يسهل تذكّرها ويصعب تخمينها.
setup-create = إنشاء حساب المدير
setup-once = يعمل هذا الرابط مرة واحدة فقط. هل فقدته؟ نفّذ { $command } على الخادم للحصول على رابط جديد.
setup-taken = يوجد حساب بهذا العنوان بالفعل.
setup-done = كل شيء جاهز
setup-ready = حساب المدير جاهز، ولم يعد رابط الإعداد صالحًا.
setup-next = الخطوة التالية: سجّل أول تطبيق لك على الخادم: { $command }

## ‏/recover و /recover/new

recover-title = هل نسيت كلمة المرور؟
recover-what = أخبرنا بعنوان بريدك الإلكتروني، وسنرسل إليك رابطًا تضبط به كلمة مرور جديدة.
recover-do = إرسال الرابط
recover-back = العودة إلى تسجيل الدخول
recover-off = لا يرسل { $brand } بريدًا، فلا يمكنه إرسال رابط إليك. يستطيع من يدير { $brand } أن يعطيك رابطًا أو كلمة مرور جديدة.
recover-sent = تحقّق من بريدك
recover-sent-what = إن كان هناك حساب بهذا العنوان، فرسالة فيها رابط في طريقها إليك. مدة صلاحية الرابط بالدقائق: { $minutes }.
recover-sent-next = لم يصل شيء بعد بضع دقائق؟ ابحث في البريد غير المرغوب فيه، وتأكد من أنك كتبت العنوان كما تكتبه عند تسجيل الدخول.
reset-title = ضبط كلمة مرور جديدة
reset-for = للحساب { $user }
reset-password = كلمة المرور الجديدة
reset-do = ضبط كلمة المرور
reset-ends = سيُسجَّل خروجك من كل مكان، ثم تسجّل الدخول من جديد بكلمة المرور الجديدة.
reset-done = تم ضبط كلمة المرور
reset-done-what = سُجِّل خروجك من كل مكان. سجّل الدخول بكلمة المرور الجديدة.

## ‏/verify

verify-title = تأكيد عنوانك
verify-what = هل { $email } هو عنوان بريدك الإلكتروني؟
verify-done = تم تأكيد العنوان
verify-done-what = صار { $brand } يعلم أن { $email } عنوانك.

## ‏/invite

invite-title = أنت مدعو إلى { $brand }
invite-what = أنشئ حسابك للعنوان { $email }.
invite-to-workspace = أنت مدعو إلى { $workspace } بالعنوان { $email }.
invite-accept = إنشاء الحساب
invite-join = انضمام
invite-joined = أنت الآن في { $workspace }.
invite-ready = حسابك جاهز. سجّل الدخول بعنوان بريدك الإلكتروني وكلمة المرور التي اخترتها.
invite-name = لا يزيد الاسم على 1000 حرف، وليس فيه أحرف تحكم.

## الرسائل

mail-reset = ضبط كلمة مرور جديدة في { $brand }
mail-reset-why = طلب أحدهم، وعلى الأرجح أنت، كلمة مرور جديدة لحسابك { $email } في { $brand }.
mail-reset-do = ضبط كلمة مرور جديدة
mail-reset-valid = يعمل الرابط مرة واحدة، ومدة صلاحيته بالدقائق: { $minutes }.
mail-reset-not-you = إن لم تكن أنت من طلب ذلك فلا داعي لفعل شيء: تبقى كلمة مرورك كما هي.
mail-changed = تغيّرت كلمة مرورك في { $brand }
mail-changed-what = تغيّرت كلمة مرور حسابك { $email } في { $at }. وسُجِّل خروجك من كل مكان.
mail-changed-not-you = إن لم تكن أنت من فعل ذلك، فاضبط كلمة مرور جديدة فورًا وأخبر من يدير { $brand }.
mail-verify = أكّد عنوان بريدك الإلكتروني في { $brand }
mail-verify-why = هل { $email } عنوانك؟ أكّده إذن ليتمكن { $brand } من إخبار التطبيقات بذلك.
mail-verify-do = تأكيد هذا العنوان
mail-invite = أنت مدعو إلى { $brand }
mail-invite-why = دعاك أحدهم إلى { $brand } بالعنوان { $email }.
mail-invite-workspace = ستكون هناك في { $workspace }.
mail-invite-do = قبول الدعوة
mail-days = { $days ->
    [zero] يعمل الرابط مرة واحدة، ومدة صلاحيته بالأيام: { $days }.
    [one] يعمل الرابط مرة واحدة، ومدة صلاحيته بالأيام: { $days }.
    [two] يعمل الرابط مرة واحدة، ومدة صلاحيته بالأيام: { $days }.
    [few] يعمل الرابط مرة واحدة خلال { $days } أيام.
    [many] يعمل الرابط مرة واحدة خلال { $days } يومًا.
   *[other] يعمل الرابط مرة واحدة خلال { $days } يوم.
}
mail-not-you = إن كنت لا تعرف شيئًا عن هذا فلا داعي لفعل شيء.
mail-signin = تسجيل دخول جديد إلى حسابك في { $brand }
mail-signin-what = سجّل أحدهم الدخول إلى حسابك { $email } بمتصفح لم نره من قبل.
mail-signin-when = الوقت: { $at }
mail-signin-where = عنوان الشبكة: { $address }
mail-signin-device = الجهاز: { $device }
mail-signin-not-you = إن لم تكن أنت، فاضبط كلمة مرور جديدة فورًا: فهذا ينهي كل الجلسات.
mail-signin-you = إن كنت أنت، فلا داعي لفعل شيء.
mail-leaked = عُثر علنًا على رمز API من حسابك في { $brand }
mail-leaked-what = أُبلغ عن الرمز { $token } من حسابك { $email } في { $at }. أُنهي فورًا ولم يعد يفتح شيئًا.
mail-leaked-where = عُثر عليه هنا: { $url }
mail-leaked-next = أنشئ رمزًا آخر للبرنامج الذي كان يستخدمه، وانظر هل في نشاطك شيء لا تعرفه.
mail-leaked-do = عرض رموزي
mail-test = رسالة تجربة من { $brand }
mail-test-what = يصل بريد { $brand } إلى هذا العنوان. لا داعي لفعل شيء.
mail-footer = أرسلها { $brand } ({ $issuer }). لا أحد يقرأ الردود على هذه الرسالة.

## كلمات مرور وعناوين غير مقبولة

password-short = اختر كلمة مرور من { $least } أحرف على الأقل؛ بضع كلمات متتالية يسهل تذكّرها.
password-long = يجب ألا يزيد طول كلمة المرور على { $most } بايت.
password-personal = يجب ألا تكون كلمة المرور اسمك أو عنوانك مع إضافة في آخره.
password-common = هذه من كلمات المرور التي يجرّبها المهاجمون أولًا؛ اختر غيرها.
email-long = يجب ألا يزيد طول عنوان البريد الإلكتروني على { $most } حرفًا.
email-letters = يُكتب عنوان البريد الإلكتروني بأحرف لاتينية بسيطة ومن دون مسافات.
email-invalid = هذا ليس عنوان بريد إلكتروني. يجب أن يكون على شكل name@example.com.

## /

home-title = أهلًا بك
home-account = حسابك
home-account-what = ما يستطيع التصرف نيابةً عنك، وكلمة مرورك، وأين سجّلت الدخول
home-admin = لوحة الإدارة
home-admin-what = الأشخاص والتطبيقات والمفاتيح وما حدث
home-workspaces = مساحات عملك
home-workspaces-what = من فيها وبأي دور وما الذي يعمل فيها
home-signed-in = لقد سجّلت الدخول
home-as = باسم { $user }
home-playground = ساحة التجربة
home-playground-what = جرّب كل المسارات في المتصفح
home-heading = تسجيل دخول واحد لكل تطبيقاتك
home-what = يخبر { $brand } التطبيقات من أنت، ويتيح لك أن تقرر ما يُسمح لها به. ولا يكشف لها كلمة مرورك أبدًا.
home-administrator = مدير
home-dev = وضع التطوير
home-developers = للمطوّرين:
home-discovery = بيانات OpenID Connect الوصفية

## /account

account-sections = في هذه الصفحة
account-more = عرض المزيد
account-older = عرض الأقدم
account-newest = العودة إلى الأحدث
account-at = { $time }
account-who = { $user }
account-apps = ما يستطيع التصرف نيابةً عنك
account-apps-what = تطبيقات يحق لها استخدام حسابك في { $brand }. افصل أحدها فينتهي وصوله فورًا.
account-apps-none = لا يستطيع أي تطبيق التصرف نيابةً عنك.
account-app = { $client }
account-app-idle = غير متصل الآن
    .detail = لن يحتاج إلى سؤالك مجددًا عن هذا:
account-app-stays = يبقى متصلًا
account-app-leaves = أثناء استخدامك له فقط
account-app-workspace = في { $workspace }
account-app-since = سُمح له في { $day }
account-app-used = آخر استخدام { $time }
account-app-end = فصل
account-app-end-named = فصل { $client }
account-app-ended = تم فصل التطبيق. لم يعد يستطيع التصرف نيابةً عنك، وعليه أن يسألك من جديد.
account-tokens = رموز API
account-tokens-what = تتيح الرموز لبرامجك النصية أن تتصرف باسمك في مساحة عمل واحدة. عاملها كأنها كلمات مرور.
account-tokens-none = ليس لديك رموز API.
account-tokens-used = المستخدم { $used } من { $most }
account-tokens-used-in = المستخدم { $used } من { $most } في { $workspace }
account-token = { $token }
account-token-ends = ينتهي بـ { $hint }
account-token-since = أُنشئ في { $day }
account-token-used = آخر استخدام { $time } من { $network }
account-token-unused = لم يُستخدم قط
account-token-until = صالح حتى { $day }
account-token-over = منتهٍ
account-token-all = كل ما يحق لك فعله
account-token-end = احذف
account-token-end-named = احذف { $token }
account-token-ended = حُذف الرمز ولم يعد يفتح شيئًا.
account-token-made = انسخ رمزك الجديد { $token } الآن، فلن يُعرض مرة أخرى.
account-token-name = ما الغرض منه؟
account-token-lives = ما مدة صلاحيته؟
account-token-days = { $days ->
    [zero] عدد الأيام: { $days }
    [one] عدد الأيام: { $days }
    [two] عدد الأيام: { $days }
    [few] { $days } أيام
    [many] { $days } يومًا
   *[other] { $days } يوم
}
account-token-forever = حتى أحذفه
account-token-workspace = أين يتصرف؟
account-token-scopes = ماذا يحق له أن يفعل؟
account-token-scopes-hint = إن لم تختر شيئًا فيحق له كل ما يحق لك.
account-token-make = أنشئ رمزًا
account-token-name-wrong = يحتاج الرمز إلى اسم لا يزيد على 100 حرف.
account-token-too-many = لديك هناك أقصى عدد مسموح من الرموز. احذف واحدًا أولًا.
account-token-slow = أنشأت رموزًا كثيرة للتو. انتظر دقيقة.
account-token-not-in = اختر إحدى مساحات العمل في القائمة.
account-connections = الحسابات المتصلة
account-connections-none = لا شيء بعد. ستظهر هنا حساباتك لدى خدمات أخرى.
connection-active = يعمل
connection-disabled = معطَّل
connection-degraded = يواجه مشكلة
connection-uncertain = قيد التحقق
connection-shared = مشترَك معك
connection-open = التفاصيل
connection-open-named = تفاصيل { $connection }
connection-refreshed = جُدِّد { $time }
connection-why-revoked = لم تعد الخدمة تقبل وصولنا: سُحب هناك أو أُزيل التطبيق. اربط الحساب من جديد.
connection-why-lost = ضاع رد الخدمة في الطريق، ولم تعد تقبل ما لدينا. لم ترتكب أي خطأ. اربط الحساب من جديد.
connection-why-expired = تحدّد الخدمة مدة الوصول، وقد انقضت. اربط الحساب من جديد.
connection-why-uninstalled = أُزيل التطبيق لدى الخدمة. أضفه هناك مجددًا، ثم اربط الحساب من جديد.
connection-why-scope = ما تسمح به الخدمة لم يعد كافيًا. اربط الحساب من جديد واسمح بكل شيء.
connection-why-owner = غادر مالكه مساحة العمل. يمكن للإدارة منحه لشخص آخر أو حذفه.
connection-why-user = عطّله شخص هنا. فعّله لاستخدامه من جديد.
connection-why-freed = سُلِّم وصوله ليُحفظ في مكان آخر. اربط الحساب من جديد لاستخدامه هنا.
connection-back = العودة إلى حسابك
connection-state = حالته
connection-verified = أكّدت الخدمة لمن هو
connection-unverified = لا تقول الخدمة لمن هو
connection-until = يجب السماح به من جديد قبل { $day }
connection-reconnect = اربط من جديد
connection-disable = عطّل
connection-enable = فعّل
connection-shares = من يمكنه استخدامه أيضًا
connection-private = لا أحد. أنت وحدك تعلم أنه هنا.
connection-everyone = كل من في مساحة العمل
connection-share-until = حتى { $day }
connection-unshare = أوقف المشاركة
connection-share-with = شارك مع
connection-share-hint = للعضو عنوان بريده، وللبرنامج معرّف العميل؛ ولا شيء للجميع.
connection-share-level = ماذا يمكنهم أن يفعلوا؟
connection-share = شارك
connection-level-view = رؤية أنه هنا
connection-level-use = استخدامه
connection-level-manage = استخدامه وإدارته
connection-timeline = ما حدث
connection-at = { $time }
connection-reads = من استخدمه
connection-reads-none = لا أحد بعد.
connection-delete = احذف
connection-delete-what = يُعاد وصولنا إلى الخدمة حيث أمكن ذلك، ويُنسى هنا. التطبيقات التي تستخدمه تتوقف عن العمل.
connection-sure = نعم، احذف هذا الاتصال
connection-sure-needed = ضع العلامة لحذفه.
connection-deleted = حُذف الاتصال.
connection-not-member = لا أحد في مساحة العمل هذه لديه هذا العنوان. اطلب من الإدارة إضافته.
connection-reconnect-needed = لا يمكن تفعيله من هنا. اربط الحساب من جديد.
connection-unreachable = لا يمكن سؤال الخدمة الآن، فلا أحد يعلم هل ما زال يعمل. حاول مجددًا بعد لحظة.
connection-event-connected = رُبط
connection-event-reconnected = رُبط من جديد
connection-event-refreshed = جُدِّد الوصول
connection-event-recovered = يعمل من جديد
connection-event-degraded = يواجه مشكلة
connection-event-disabled = عُطِّل
connection-event-enabled = فُعِّل
connection-event-freed = سُلِّم الوصول
connection-event-taken = استُعيد الوصول
account-profile = الملف الشخصي
account-name = الاسم
account-name-letters = لا يزيد الاسم على { $most } حرف، وكلها ظاهرة.
account-language = اللغة
account-language-browser = كما يحدد المتصفح
account-language-unknown = اختر إحدى لغات القائمة.
account-email = بريدك الإلكتروني هو { $email }. يستطيع القائمون على { $brand } تغييره.
account-save = حفظ
account-profile-saved = تم حفظ ملفك الشخصي.
account-profile-stale = تغيّر حسابك من مكان آخر للتو. راجعه مرة أخرى ثم احفظ.
account-security = الأمان
account-password-current = كلمة المرور الحالية
account-password-new = كلمة المرور الجديدة
account-password-others = تبقى مسجّل الدخول هنا، ويُسجَّل خروجك من كل مكان آخر.
account-password-change = تغيير كلمة المرور
account-password-changed = تم تغيير كلمة مرورك، وسُجِّل خروجك من كل مكان آخر.
account-password-wrong = هذه ليست كلمة مرورك الحالية. لم يتغير شيء.
account-password-same = هذه هي كلمة مرورك نفسها. اختر غيرها.
account-password-none = ليس لحسابك كلمة مرور.
account-sessions = أين سجّلت الدخول
account-session-this = هذا الجهاز
account-session-network = من { $network }
account-session-since = تسجيل الدخول { $time }
account-session-seen = آخر ظهور { $time }
account-session-end = تسجيل خروج { $device }
account-session-ended = تم تسجيل خروج ذلك الجهاز.
account-sessions-end = تسجيل الخروج من كل مكان آخر
account-sessions-ended = تم تسجيل خروجك من كل مكان آخر.
account-activity = النشاط
account-activity-none = لا شيء بعد.
device-both = { $browser } على { $system }
device-one = { $device }
device-unknown = جهاز غير معروف
activity-allowed = سمحت لتطبيق { $client } بالتصرف نيابةً عنك
activity-declined = لم تسمح لتطبيق { $client } بالتصرف نيابةً عنك
activity-withdrawn = فصلت { $client }
activity-signed-in = سجّلت الدخول
activity-confirmed = أكّدت أنك أنت
activity-refused = جرّب أحدهم كلمة مرور خاطئة
activity-signed-out = سجّلت الخروج
activity-device-out = سجّلت خروج جهاز آخر
activity-others-out = سجّلت الخروج من كل مكان آخر
activity-created = أُنشئ حسابك
activity-enabled = أُعيد فتح حسابك
activity-disabled = أُوقف حسابك
activity-role = أُعطيت دورًا آخر
activity-password-set = أعطاك أحد المسؤولين كلمة مرور أخرى
activity-password-reset = عيّنت كلمة مرور أخرى عبر رابط
activity-reset-asked = طُلب رابط لتعيين كلمة مرور أخرى
activity-verified = تم تأكيد عنوانك
activity-joined = قبلت دعوة
activity-password-changed = غيّرت كلمة مرورك
activity-profile = غيّرت ملفك الشخصي
activity-token-made = أنشأت رمز API
activity-token-deleted = حُذف رمز API خاص بك
activity-token-leaked = عُثر علنًا على رمز API خاص بك فأُنهي
activity-signed-out-by = سجّل أحد المسؤولين خروجك من كل مكان

## في طريق العودة إلى التطبيق

onward-title = المتابعة إلى { $client }
onward-heading = جارٍ نقلك إلى { $client }
onward-no-scripts = لا يشغّل متصفحك البرامج النصية هنا، لذا يلزم الضغط مرة أخرى.

## عند حدوث ما يمنع المتابعة: ما حدث، ولماذا، وما العمل

error-restart = البدء من جديد
error-reference = الرقم المرجعي

stopped-form = لم ينجح ذلك
    .sentence = لا يمكننا قراءة هذا النموذج.
    .next = ارجع إلى الصفحة السابقة وحاول مرة أخرى.
stopped-link = لم ينجح ذلك
    .sentence = لا يمكننا قراءة هذا الرابط.
    .next = ارجع إلى الصفحة السابقة وحاول مرة أخرى.
stopped-too-long = لم ينجح ذلك
    .sentence = عنوان البريد الإلكتروني أو كلمة المرور أطول من اللازم.
    .next = ارجع إلى الصفحة السابقة وحاول مرة أخرى.
stopped-no-person = لم ينجح ذلك
    .sentence = لا يوجد هنا شخص كهذا.
    .next = ارجع إلى الصفحة السابقة وحاول مرة أخرى.
stopped-not-yours = لا يوجد شيء كهذا هنا
    .sentence = إنه ليس لك، أو أنه انتهى بالفعل.
    .next = ارجع إلى حسابك وانظر مرة أخرى.
stopped-logout-twice = لم ينجح ذلك
    .sentence = يتكرر أحد المعاملات في رابط تسجيل الخروج هذا.
    .next = ارجع إلى الصفحة السابقة وحاول مرة أخرى.
stopped-logout-state = لم ينجح ذلك
    .sentence = قيمة state في رابط تسجيل الخروج هذا أطول من اللازم؛ الحد الأقصى { $most } بايت.
    .next = ارجع إلى الصفحة السابقة وحاول مرة أخرى.
stopped-more-than-asked = لم ينجح ذلك
    .sentence = يسمح النموذج بأكثر مما طلبه التطبيق.
    .next = ارجع إلى الصفحة السابقة وحاول مرة أخرى.
stopped-no-choice = لم ينجح ذلك
    .sentence = اختر «السماح» أو «إلغاء».
    .next = ارجع إلى الصفحة السابقة وحاول مرة أخرى.
stopped-no-workspace = لم ينجح ذلك
    .sentence = اختر إحدى مساحات عملك.
    .next = ارجع إلى الصفحة السابقة وحاول مرة أخرى.
stopped-forged = لا يمكننا التأكد من أن هذا الطلب منك
    .sentence = لم يُرسل النموذج من صفحتنا في هذا المتصفح، أو أن متصفحك يحظر ملف تعريف الارتباط الذي نعرف به ذلك.
    .next = اسمح بملفات تعريف الارتباط لهذا الموقع، ثم افتح الصفحة من جديد وأعد ما فعلته.
stopped-expired = انتهت صلاحية هذه الصفحة
    .sentence = انتظرت الصفحة أطول من اللازم، أو أُكملت في علامة تبويب أخرى، أو فُتحت في متصفح آخر.
    .next = ارجع إلى التطبيق الذي جئت منه وابدأ من جديد.
stopped-busy = الضغط كبير الآن
    .sentence = لم نتمكن من معالجة طلبك في الوقت المناسب. لم يُفقد شيء.
    .next = حاول مرة أخرى بعد بضع ثوانٍ.
stopped-fault = الخطأ من عندنا
    .sentence = حدث خطأ ما لدينا. لقد سُجّل الخطأ، وبياناتك في أمان.
    .next = حاول مرة أخرى، وإذا تكرر الأمر فأبلغ القائمين على هذا الموقع بالرقم المرجعي أدناه.
stopped-setup-link = لم يعد رابط الإعداد هذا صالحًا
    .sentence = لقد استُخدم من قبل، أو انقضت ساعة صلاحيته.
    .next = يستطيع من يدير هذا الخادم إنشاء رابط جديد: symbolon user setup-link
stopped-unknown-client = رابط تسجيل الدخول هذا غير مكتمل
    .sentence = التطبيق الذي أرسلك إلى هنا غير معروف لدينا، لذا لا نعرف إلى أين نعيدك. لم تتم مشاركة أي شيء.
    .next = ارجع إلى التطبيق وحاول مرة أخرى، أو أبلغ صانعيه.
stopped-not-approved = لا يُسمح باستخدام هذا التطبيق هنا بعد
    .sentence = لقد عرّف التطبيق نفسه لدى { $brand }، لكن القائمين على { $brand } لم يعتمدوه بعد. لم تتم مشاركة أي شيء.
    .next = اطلب من القائمين على { $brand } اعتماده، ثم حاول مرة أخرى.
stopped-document = لا يمكننا معرفة أي تطبيق هذا
    .sentence = التطبيق الذي أرسلك إلى هنا يصف نفسه في صفحة خاصة به، ولا يمكننا استخدام ما فيها. لم تتم مشاركة أي شيء.
    .next = ارجع إلى التطبيق وحاول مرة أخرى، أو أبلغ صانعيه؛ التفاصيل أدناه تساعدهم.
stopped-document-busy = لا يمكننا معرفة أي تطبيق هذا
    .sentence = التطبيق الذي أرسلك إلى هنا يصف نفسه في صفحة خاصة به، وعدد كبير من هذه الصفحات قيد القراءة الآن. لم تتم مشاركة أي شيء.
    .next = انتظر دقيقة، ثم ارجع إلى التطبيق وحاول مرة أخرى.
stopped-sealed = لا يمكن قراءة رابط تسجيل الدخول هذا
    .sentence = أرسل { $client } طلبًا مختومًا لا يمكننا استخدامه. لم تتم مشاركة أي شيء.
    .next = يُرجى إبلاغ الدعم الفني لدى { $client }؛ الرقم المرجعي أدناه يساعدهم.
stopped-redirect = لا يمكننا إعادتك إلى { $client }
    .sentence = طلب منا التطبيق استخدام عنوان ليس في قائمته. لم تتم مشاركة أي شيء.
    .next = يُرجى إبلاغ الدعم الفني لدى { $client }؛ الرقم المرجعي أدناه يساعدهم.
stopped-client-changed = لقد تغيّر التطبيق
    .sentence = غيّر التطبيق ما يقوله عن نفسه أثناء اطّلاعك على الصفحة. لم تتم مشاركة أي شيء.
    .next = ارجع إلى التطبيق وابدأ من جديد؛ عندئذ ترى ما يقوله الآن.
stopped-decided = لقد قررت هذا من قبل
    .sentence = أُرسل النموذج مرتين، أو سبقته علامة تبويب أخرى.
    .next = ارجع إلى التطبيق؛ وإن لم يكن متصلًا فابدأ من جديد هناك.
stopped-reset-link = لم يعد هذا الرابط يعمل
    .sentence = استُخدم من قبل، أو أُرسل رابط أحدث منه، أو انقضت نصف الساعة.
    .next = اطلب رابطًا جديدًا تحت «هل نسيت كلمة المرور؟» في صفحة تسجيل الدخول.
stopped-verify-link = لم يعد هذا الرابط يعمل
    .sentence = استُخدم من قبل، أو أُرسل رابط أحدث منه، أو انقضى وقته.
    .next = اطلب ممن يدير { $brand } أن يرسل إليك رابطًا جديدًا.
stopped-invite-link = لم تعد هذه الدعوة صالحة
    .sentence = قُبلت من قبل، أو سُحبت، أو انقضى وقتها.
    .next = إن كان لديك حساب فسجّل الدخول، وإلا فاطلب دعوة جديدة ممن دعاك.
stopped-invite-other = هذه الدعوة لشخص آخر
    .sentence = إنها للعنوان { $email }، وأنت مسجّل الدخول بحساب آخر.
    .next = سجّل الخروج، ثم افتح الدعوة من جديد.

## Console

console-overview = نظرة عامة
console-clients = العملاء
console-users = المستخدمون
console-workspaces = مساحات العمل
console-grants = الموافقات
console-keys = المفاتيح
console-registration = التسجيل
console-audit = سجل التدقيق
console-settings = الإعدادات
console-named = { $name }
console-role-owner = مالك
console-role-admin = مشرف
console-role-auditor = مدقق
console-role-user = بلا دور
console-missing = لا يوجد شيء هنا
    .sentence = العنوان خاطئ، أو ما كان هنا قد أزيل، أو أنه ليس لك.
    .next = تحقق من العنوان، أو اطلب الوصول من أحد مالكي { $brand }.
console-only-looks = المدققون يطّلعون ولا يغيّرون شيئًا
    .sentence = يتيح لك دورك رؤية كل شيء هنا. لم يتغير شيء.
    .next = اطلب من مشرف إجراء هذا التغيير.
console-forbidden = لا يحق لك فعل هذا
    .sentence = هذا لأشخاص لهم دور آخر. لم يتغير شيء.
    .next = اسأل أحد مالكي { $brand }.
console-stale = غيّره شخص آخر منذ أن فتحت هذه الصفحة. ما كتبته ما زال هنا: راجع البيانات أعلاه ثم احفظ من جديد.
console-confirm-wrong = ليس هذا هو المطلوب. لم يُحذف شيء ولم يتغير شيء.
console-not-done = لم يتغير شيء. في النموذج ما يحتاج إلى مراجعة.
console-moment = { $at }
console-number = { $n }
console-confirm = اكتب { $name } للتأكيد
console-skip = تخطَّ إلى المحتوى
console-you = سجّلت الدخول باسم { $user }
console-navigation = لوحة الإدارة
console-next = الصفحة التالية
console-more = إعدادات أخرى
console-name = الاسم
console-client-id = client_id
console-kind = النوع
console-state = الحالة
console-since = منذ
console-changed = آخر تغيير
console-no-clients = لا عملاء هنا. سجّل الأول، أو ابحث عن شيء آخر.
console-new-client = تسجيل عميل
console-search = بحث
console-find = ابحث
console-enabled = مفعّل
console-disabled = معطّل
console-which-kind = ما نوع التطبيق؟
console-register = سجّل
console-kinds = أنواع التطبيقات
console-client-made = سُجّل العميل.
console-secret = client_secret
console-secret-once = انسخ السر الآن: يُعرض هذه المرة فقط. إن فقدته فأنشئ سرًا جديدًا في صفحة العميل.
console-secret-made = للعميل سر جديد.
console-to-client = إلى صفحة العميل
console-program = { $language } مع { $library }
console-programs = برامج للنسخ
console-programs-what = برامج كاملة تستخدم هذا العميل. قد يحل نص بديل محل سره.
console-kind-web = تطبيق ويب
    .what = يعمل على خادم يستطيع حفظ سر.
console-kind-single-page = تطبيق صفحة واحدة
    .what = يعمل في المتصفح. لا سر له، ويحميه PKCE.
console-kind-native = تطبيق أصلي
    .what = مثبَّت على هاتف أو حاسوب أو سطر أوامر.
console-kind-machine = آلة
    .what = خدمة أو مهمة تعمل لحسابها؛ لا يسجل أحد الدخول.
console-kind-mcp = عميل MCP
    .what = مساعد يستخدم أدوات خوادم MCP نيابةً عن شخص.
console-field-name = الاسم
    .hint = يراه الناس عندما يقررون.
console-field-redirect = عناوين إعادة التوجيه
    .hint = واحد في كل سطر. تُقارن حرفًا بحرف؛ ويجوز للتطبيق الأصلي أي منفذ على 127.0.0.1.
console-field-scope = النطاقات
    .hint = ما يجوز للتطبيق طلبه، بينها مسافات.
console-field-post-logout = عناوين إعادة التوجيه بعد الخروج
    .hint = واحد في كل سطر. يمكن تركه فارغًا.
console-field-resources = الموارد
    .hint = عناوين الواجهات أو خوادم MCP التي يجوز له رموز لها، واحد في كل سطر. الفراغ يعني الكل.
console-field-auth = كيف يثبت هويته
console-field-grants = أنواع المنح
console-field-application = أين يعمل
console-field-jwks = عنوان مفاتيحه العامة
    .hint = لرموز JWT الموقعة: عنوان https لمجموعة مفاتيحه.
console-field-backchannel = أين يُبلَّغ بتسجيلات الخروج
console-field-website = الموقع
console-field-logo = الشعار
console-field-policy = سياسة الخصوصية
console-field-terms = الشروط
console-field-contacts = جهات الاتصال، واحدة في كل سطر
console-field-format = رموز الوصول
console-field-pkce = PKCE إلزامي
console-field-trusted = موثوق: لا يُسأل الناس عن الموافقة
    .hint = لتطبيقاتك أنت فقط.
console-field-resource-server = يجوز له فحص رموز عملاء آخرين
console-auth-basic = سر في الترويسة (client_secret_basic)
console-auth-post = سر في النموذج (client_secret_post)
console-auth-key = موقَّع بمفتاحه (private_key_jwt)
console-auth-none = لا شيء (none)
console-application-any = في أي مكان
console-application-web = على خادم (web)
console-application-native = على جهاز (native)
console-format-opaque = معتمة: إنهاؤها يسري فورًا
console-format-jwt = JWT: يمكن التحقق منها دون اتصال
console-grant-code = شخص يسجل الدخول (authorization_code)
console-grant-refresh = يبقى متصلًا (refresh_token)
console-grant-machine = يعمل لحسابه (client_credentials)
console-grant-implicit = رموز عبر المتصفح (implicit)
console-save = احفظ
console-edit = تغيير الإعدادات
console-registered-by = سجّله
console-try-title = اختبار عنوان إعادة توجيه
console-try-what = الصق ما يرسله التطبيق في redirect_uri.
console-try-uri = عنوان إعادة التوجيه
console-try = اختبر
console-matches = يطابق { $uri }.
console-matches-not = لا يطابق أيًا منها. سيرى الناس صفحة خطأ.
console-differs = يختلف
console-differs-slash = بشرطة مائلة في النهاية فقط
console-differs-case = في حالة الأحرف فقط
console-differs-scheme = في المخطط
console-differs-port = في المنفذ
console-differs-query = في الاستعلام فقط
console-differs-path = في المسار
console-differs-host = في المضيف، أو كليًا
console-no-uris = لا عنوان إعادة توجيه مسجل.
console-secrets = الأسرار
console-no-secret = ليس لهذا العميل سر.
console-ends-in = ينتهي بـ
console-until = حتى
console-current = الحالي
console-overlap = كم يظل السر القديم صالحًا
console-overlap-hours = { $hours ->
    [0] لا يظل صالحًا
    [one] ساعة واحدة
    [two] ساعتان
    [few] { $hours } ساعات
   *[other] { $hours } ساعة
}
console-rotate-secret = أنشئ سرًا جديدًا
console-danger = الإيقاف والحذف
console-disable = عطّل
console-enable = فعّل
console-disable-client-what = تنتهي موافقاته ورموزه فورًا ولا تعود.
console-delete-client = احذف العميل
console-delete-client-what = ينهي الحذف كل ما سمح به الناس له. لا يمكن التراجع عنه.
console-email = البريد الإلكتروني
console-role = الدور
console-role-member = عضو
console-no-users = لا أحد هنا. أنشئ أول حساب، أو ابحث عن شيء آخر.
console-new-user = حساب جديد
console-password-hint = يمكن تركها فارغة: عندها لا يستطيع الشخص الدخول بكلمة مرور.
console-workspace = مساحة العمل
console-user-id = sub
console-claims = البيانات
console-sessions = الجلسات
console-yes = نعم
console-no = لا
console-in-none = ليس في أي مساحة عمل.
console-disable-user-what = تنتهي جلساته وموافقاته ورموزه فورًا.
console-sign-out = تسجيل الخروج من كل مكان
console-sign-out-what = تنتهي كل جلسات هذا الشخص، وتُبلَّغ تطبيقاته.
console-set-password = تعيين كلمة مرور
console-set-password-what = يُسجَّل خروج الشخص من كل مكان. أبلغه بكلمة المرور بطريقة آمنة.
console-delete-user = حذف الحساب
console-delete-user-what = ينهي الحذف كل ما سمح به هذا الشخص. لا يمكن التراجع عنه.
console-not-one = اختر واحدًا من القائمة.
console-slug = المعرّف
console-slug-hint = أحرف صغيرة وأرقام وشرطات. تعرف البرامج مساحة العمل به، ولا يتغير أبدًا.
console-members = الأعضاء
console-no-workspaces = لا مساحات عمل هنا.
console-no-members = لا أحد فيها.
console-new-workspace = مساحة عمل جديدة
console-remove = أزل
console-put = إضافة أو تغيير الدور
console-put-what = من كان عضوًا من قبل يأخذ الدور الآخر.
console-nobody = لا حساب بهذا العنوان أو المعرّف.
console-delete-workspace = حذف مساحة العمل
console-delete-workspace-what = ينتهي كل ما سُمح به فيها؛ ويحتفظ أعضاؤها بحساباتهم.
console-action = الإجراء
console-actor = من
console-object = على ماذا
console-when = متى
console-address = من أين
console-detail = التفاصيل
console-from = منذ (2026-11-22)
console-no-events = لم يحدث شيء مطابق.
console-export = تصدير بصيغة { $shape }
console-key = المفتاح
console-key-next = التالي
console-key-active = يوقّع
console-key-retired = متقاعد
console-algorithm = الخوارزمية
console-made = أُنشئ
console-signs-since = يوقّع منذ
console-age = العمر
console-days = { $days ->
    [zero] أقل من يوم
    [one] يوم واحد
    [two] يومان
    [few] { $days } أيام
   *[other] { $days } يومًا
}
console-retire = إحالة إلى التقاعد
console-retire-what = يتوقف { $kid } فورًا؛ وإن كان يوقّع فسيخلفه مفتاح آخر. وما وقّعه يبقى قابلًا للتحقق مدة.
console-no-keys = لا مفاتيح توقيع بعد.
console-rotate = تدوير
console-rotate-what = تتغير المفاتيح من تلقاء نفسها. وعند التغيير يدويًا أعلِن المفتاح التالي: فلا يلقى تطبيق مفتاحًا لا يعرفه بعد.
console-announce = أعلِن التالي؛ وسيتسلّم من تلقاء نفسه
console-rotate-now = دوّر الآن
console-invite = أنشئ دعوة
console-invites = الدعوات
console-invites-what = من يملك رمز دعوة يجوز له تسجيل تطبيق في /oauth2/register إن كان ذلك مفعّلًا.
console-no-invites = لا دعوات.
console-uses = كم تسجيلًا
console-days-good = لكم يوم
console-used-of = المستخدم
console-of = { $used } من { $uses }
console-revoke = أبطل
console-token = رمز التسجيل الأولي
console-token-once = انسخ الرمز الآن: يُعرض هذه المرة فقط.
console-seen = عملاء مرّوا من هنا
console-seen-what = تصفهم وثائقهم الخاصة؛ لم يسجلهم أحد هنا.
console-no-seen = لم يمر أحد.
console-last-seen = آخر ظهور
console-block = احظر
console-unblock = ارفع الحظر
console-grants-what = ما سمح به الناس للعملاء. ابحث بالشخص أو بالعميل.
console-person = الشخص: عنوانه أو sub
console-client = العميل
console-used = آخر استخدام
console-end = أنهِ
console-end-all = أنهِها كلها
console-end-all-what = تنتهي رموزها فورًا.
console-no-grants = لا موافقات قائمة.
console-tokens = رموز API
console-no-tokens = لا رموز API.
console-token-until = صالح حتى
console-token-one = الرمز
console-token-named = { $name } (… { $hint })
console-field-limit = الطلبات في الثانية
    .hint = فارغ: كما في الإعدادات. 0: بلا حد.
console-limit = عيّن الحد
console-limit-wrong = اكتب عددًا صحيحًا، أو 0 لعدم وجود حد، أو لا شيء.
console-limit-workspace = لكل رموز API والتطبيقات في مساحة العمل هذه معًا.
console-setting = الإعداد
console-value = القيمة
console-source = المصدر
console-settings-what = الإعدادات السارية. تُغيَّر في ملف الإعداد، لا هنا.
console-no-settings = لا يُعرف من أين جاءت الإعدادات.
console-masked = معيّن، لا يُعرض
console-source-default = افتراضي
console-source-file = الملف { $path }
console-source-env = البيئة، { $name }
console-source-flag = سطر الأوامر، { $name }
console-source-derived = من إعداد آخر
console-well = سليمة
console-unwell = لا تجيب
console-database = قاعدة البيانات
console-database-kind = نوع قاعدة البيانات
console-issuer = المُصدِر
console-version = الإصدار
console-day = آخر 24 ساعة
console-chart-requests = الطلبات
console-chart-errors = أخطاء الخادم
console-chart-sign-ins = عمليات الدخول
console-chart-grants = التصاريح السارية
console-chart-said = { $total } في المجموع، و{ $most } على الأكثر في ساعة واحدة
console-jobs = أعمال الخلفية
console-jobs-what = ما تفعله الخوادم من تلقاء نفسها. كل خادم يفعلها كلها، ومعًا تُنجز كل مهمة مرة واحدة.
console-waiting = ما ينتظر
console-mails-waiting = الرسائل
console-notices-waiting = إشعارات الخروج
console-here = على الخادم الذي أنشأ هذه الصفحة
console-job = المهمة
console-ran = آخر إنجاز
console-rests = فترة الراحة
console-took = استغرقت
console-runs = مرات الإنجاز
console-failures = مرات الإخفاق
console-millis = { $n } ms
console-seconds = { $n } s
console-job-failed = أخفقت
console-no-jobs = لم يُنجز شيء بعد. عُد بعد دقيقة.
console-job-notice = ملاحظة ما تغيّره الخوادم الأخرى
console-job-keys = تسليم مفاتيح التوقيع
console-job-purge = حذف ما انتهى
console-job-registry = ترتيب ما سجّل نفسه
console-job-sightings = تدوين العملاء الذين مرّوا
console-job-trail = ربط سجل التدقيق
console-job-pulse = العدّ للمخططات
console-job-sign-outs = إبلاغ التطبيقات بالخروج
console-job-mails = تسليم الرسائل
console-invite-person = دعوة شخص
console-invitations = الدعوات
console-invite-what = يحصل على رابط ينشئ به حسابه أو ينضم بحسابه القائم. يصلح مرة واحدة ولمدة أسبوع.
console-invite-link = رابط الدعوة
console-invite-once = انسخ الرابط الآن: لن يظهر إلا هذه المرة. كل من لديه الرابط يستطيع استخدامه.
console-invite-mailed = أُرسل أيضًا إلى { $email }.
console-no-invitations = لا أحد مدعوّ.
console-change-role = تغيير الدور
console-role-what = لمن هو عضو. أما من ليس عضوًا بعد فيُدعى أدناه.
console-no-member = لا أحد هنا بهذا العنوان. ادعُه بدلًا من ذلك.
console-managed-what = التي تديرها.
console-role-manager = مدير مساحة العمل
console-apps = التطبيقات
console-apps-what = ما يعمل في مساحة العمل هذه، ولكم شخص.
console-no-apps = لا تطبيق يعمل فيها.
console-more-apps = هناك المزيد: /v1/workspaces يسردها كلها.
console-people = الأشخاص
console-attention = ما يحتاج إلى انتباه
console-no-attention = لا شيء. كل شيء على ما يرام.
console-numbers = الأرقام
console-health = الحالة الصحية
console-at-least = { $n } أو أكثر
console-one-admin = أنت المشرف الوحيد. عيّن شخصًا آخر مشرفًا كي لا يُغلق الباب على أحد.
console-old-key = مفتاح { $alg } أقدم مما ينبغي. راجع سجل المهام الخلفية، أو دوّره.
console-open-registration = يجوز لأي أحد تسجيل تطبيق (registration مفتوح).
console-open-cimd = يجوز للتطبيقات ذات الوثائق أن تأتي من أي مضيف (cimd مفعّل).
console-legacy = أنواع الاستجابة التي تمرر الرموز عبر المتصفح مسموحة (legacy_response_types).
console-plain-http = المُصدِر عبر http عادي. هذا لجهازك الخاص فقط.

## مفاتيح المرور، في /login و/account وحيث يُسأل من هناك

login-passkey = تسجيل الدخول بمفتاح مرور
login-use-password = استخدم كلمة المرور بدلًا من ذلك
login-more-why = يطلب هذا التطبيق أكثر مما سجّلت به الدخول: كلمة المرور ورمزًا، أو مفتاح مرور.
login-passkey-why = يطلب هذا التطبيق تسجيل الدخول بمفتاح المرور.
login-passkey-refused = لا يمكن استخدام مفتاح المرور هذا هنا. حاول مرة أخرى أو استخدم مفتاحًا آخر أو كلمة المرور.
passkeys = مفاتيح المرور
passkeys-what = سجّل الدخول ببصمتك أو وجهك أو رمز PIN لجهازك. لا يستطيع أحد سرقته أو تخمينه، ولا شيء لتتذكره.
passkey-synced = على أجهزتك
passkey-since = أُضيف في { $day }
passkey-rename = إعادة التسمية
passkey-remove = إزالة
passkey-remove-named = إزالة مفتاح المرور { $passkey }
passkey-new = إضافة مفتاح مرور
passkey-new-what = يسألك متصفحك أين يحفظه: على هذا الجهاز أو على هاتفك أو على مفتاح أمان.
passkey-name = الاسم
passkey-name-hint = بهذا الاسم تتعرف عليه لاحقًا.
passkey-create = إنشاء مفتاح مرور
passkey-no-scripts = تحتاج مفاتيح المرور إلى البرامج النصية، وهي معطّلة في متصفحك. كلمة المرور تعمل من دونها.
passkey-impossible = تحتاج مفاتيح المرور إلى عنوان له اسم، وهذا الخادم يُعرف برقم. يستطيع القائمون على { $brand } تغيير ذلك.
passkey-failed = لم يُكمل متصفحك أو جهازك ذلك. حاول مرة أخرى.
passkey-known = لدى هذا الجهاز مفتاح مرور لحسابك بالفعل.
passkey-not-made = تعذّر التحقق من مفتاح المرور هذا. لم يتغير شيء؛ حاول مرة أخرى.
passkey-enough = لديك { $most } من مفاتيح المرور، وهذا هو الحد الأقصى. أزِل مفتاحًا لا تستخدمه.
passkey-last = ليست لديك كلمة مرور، فمفتاح المرور هذا هو طريقك الوحيد للدخول. أضف مفتاحًا آخر أولًا.
passkey-added = أُضيف مفتاح المرور. استخدمه في المرة القادمة التي تسجّل فيها الدخول.
passkey-renamed = صار لمفتاح المرور اسم جديد.
passkey-removed = أُزيل مفتاح المرور. احذفه من جهازك أيضًا.
activity-passkey-added = أضفت مفتاح مرور
activity-passkey-renamed = أعدت تسمية مفتاح مرور
activity-passkey-removed = أزلت مفتاح مرور
activity-passkey-refused = رُفض مفتاح مرور لك: بدا كأنه نسخة
activity-verified-again = أثبتّ هويتك مرة أخرى
mail-signin-changed = تغيّرت طريقة تسجيل دخولك إلى { $brand }
mail-signin-changed-not-you = إن لم تكن أنت، فعيّن كلمة مرور جديدة فورًا وانظر إلى قسم الأمان في صفحة حسابك.
mail-passkey-added = أُضيف مفتاح المرور { $passkey } إلى الحساب { $email }.
mail-passkey-removed = أُزيل مفتاح المرور { $passkey } من الحساب { $email }.
sudo-title = تحقّق من أنك أنت
sudo-why = أنت مسجّل الدخول باسم { $user }. ما توشك على فعله يحتاج إلى إثبات جديد، ثم يستمر.
sudo-passkey = استخدم مفتاح المرور
sudo-cancel = العودة إلى حسابك
sudo-no-way = ليست لديك كلمة مرور ولا مفتاح مرور لإثبات ذلك. سجّل الخروج ثم سجّل الدخول من جديد.

## رموز التطبيق ورموز الاسترداد: الخطوة الثانية

second-title = أدخل الرمز
second-what = كلمة مرورك صحيحة. أدخل الآن الرمز الذي يعرضه تطبيقك.
second-code = رمز من ستة أرقام
second-wrong = هذا الرمز غير صحيح أو استُخدم من قبل. انتظر الرمز التالي وحاول مرة أخرى.
second-lost = هل فقدت تطبيقك؟
second-recovery = أحد رموز الاسترداد
second-recovery-do = استخدم رمز الاسترداد
second-lost-all = ليست لديك رموز استرداد أيضًا؟ يستطيع القائمون على { $brand } مساعدتك متى تأكدوا من أنك أنت.
codes = رموز التطبيق
codes-what = بعد كلمة المرور يُطلب منك رمز يعرضه تطبيق على هاتفك، فلا تكفي كلمة مرور مسروقة للدخول.
codes-app = التطبيق الذي يعرض الرموز
codes-since = أُعدّ في { $day }
codes-remove = إزالة التطبيق الذي يعرض الرموز
codes-new = إعداد الرموز
codes-new-what = افتح تطبيقًا يعرض الرموز (يُسمّى غالبًا «المصادقة») وامسح به هذه الصورة.
codes-qr = رمز QR لتطبيقك
codes-typed = أو اكتب هذا المفتاح فيه:
codes-confirm = تشغيل
codes-wrong = هذا ليس رمز هذا المفتاح في هذه اللحظة. انظر إلى تطبيقك مرة أخرى؛ ويجب أن تكون ساعة هاتفك صحيحة.
codes-need-password = الرموز هي الخطوة الثانية بعد كلمة المرور، وليست لحسابك كلمة مرور.
codes-on = الرموز مفعّلة: يُطلب منك رمز كلما سجّلت الدخول بكلمة المرور.
codes-off = الرموز معطّلة. كلمة المرور وحدها تكفي للدخول.
recovery = رموز الاسترداد
recovery-what = اطبعها أو احفظها حيث تحفظ كلمات مرورك. كل رمز يتيح لك الدخول مرة واحدة بدلًا من رمز التطبيق. لا تُعرض إلا الآن.
recovery-kept = لقد حفظتها
recovery-left = { $left ->
    [0] لم يبق أي رمز: أنشئ رموزًا جديدة
    [one] بقي رمز واحد
    [two] بقي رمزان
    [few] بقيت { $left } رموز
    [many] بقي { $left } رمزًا
   *[other] بقي { $left } رمز
}
recovery-renew = إنشاء رموز جديدة
activity-codes-on = شغّلت رموز التطبيق
activity-codes-off = عطّلت رموز التطبيق
activity-recovery-new = أنشأت رموز استرداد جديدة
activity-recovery-used = استُخدم أحد رموز الاسترداد الخاصة بك
activity-factors-reset = أزالت الإدارة مفاتيح المرور والرموز الخاصة بك
mail-codes-on = يحتاج تسجيل الدخول إلى الحساب { $email } من الآن إلى رمز من تطبيق.
mail-codes-off = لم يعد تسجيل الدخول إلى الحساب { $email } يحتاج إلى رمز من تطبيق.
mail-recovery-new = هناك رموز استرداد جديدة للحساب { $email }. لم تعد الرموز السابقة صالحة.
mail-recovery-used = { $left ->
    [0] استُخدم رمز استرداد لتسجيل الدخول إلى الحساب { $email }. كان آخر رمز: أنشئ رموزًا جديدة في صفحة حسابك.
    [one] استُخدم رمز استرداد لتسجيل الدخول إلى الحساب { $email }. بقي رمز واحد.
    [two] استُخدم رمز استرداد لتسجيل الدخول إلى الحساب { $email }. بقي رمزان.
    [few] استُخدم رمز استرداد لتسجيل الدخول إلى الحساب { $email }. بقيت { $left } رموز.
    [many] استُخدم رمز استرداد لتسجيل الدخول إلى الحساب { $email }. بقي { $left } رمزًا.
   *[other] استُخدم رمز استرداد لتسجيل الدخول إلى الحساب { $email }. بقي { $left } رمز.
}
mail-factors-reset = أزالت الإدارة كل مفاتيح المرور والرموز من الحساب { $email }. كلمة المرور وحدها تكفي للدخول.
console-reset-factors = إزالة مفاتيح المرور والرموز
console-reset-factors-what = لمن فقدها: تُزال مفاتيح المرور والرموز ورموز الاسترداد، وتنتهي كل الجلسات، ويُبلَّغ الشخص بالبريد. تأكد ممن يطلب ذلك.

## حسابات ينشئها الناس بأنفسهم، ومدى جودة كلمة المرور

login-signup = ليس لديك حساب بعد؟ أنشئ حسابًا
signup-title = إنشاء حساب
signup-what = أخبرنا بعنوان بريدك الإلكتروني، ونرسل إليك رابطًا تتابع به.
signup-have = لدي حساب
signup-sent = رسالة في طريقها إليك تشرح كيف تتابع. رابطها صالح مدة { $hours } ساعة.
signup-sent-next = لم يصل شيء بعد دقائق؟ ابحث في البريد غير المرغوب فيه، وتحقق من أنك كتبت العنوان صحيحًا.
signup-finish = اختر اسمًا وكلمة مرور
signup-domain = الحسابات هنا لعناوين { $domains }.
stopped-signup-closed = لا شيء هنا
    .sentence = لا ينشئ الناس حساباتهم هنا بأنفسهم.
    .next = اطلب دعوة ممن يشغّل هذا الخادم.
stopped-signup-link = لم يعد هذا الرابط يعمل
    .sentence = استُخدم، أو أُرسل رابط أحدث، أو انتهت مدته.
    .next = اذهب إلى صفحة تسجيل الدخول وأنشئ حسابًا من جديد؛ سنرسل إليك رابطًا آخر.
mail-signup = أكمل حسابك لدى { $brand }
mail-signup-why = شخص ما، نرجو أن يكون أنت، يريد حسابًا لدى { $brand } بالعنوان { $email }.
mail-signup-do = إكمال حسابي
mail-hours = يعمل الرابط مرة واحدة مدة { $hours } ساعة.
mail-have = لديك حساب لدى { $brand }
mail-have-why = شخص ما، نرجو أن يكون أنت، أراد حسابًا جديدًا لدى { $brand } بالعنوان { $email }. هناك حساب بالفعل: سجّل الدخول به.
mail-have-forgot = هل نسيت كلمة المرور؟ عيّن كلمة جديدة في { $link }
meter = مدى جودة كلمة المرور هذه
meter-short = قصيرة جدًا
meter-guessable = سهلة التخمين
meter-fair = مقبولة؛ الأطول أفضل
meter-good = جيدة
meter-best = جيدة جدًا

sources = المصادر
sources-what = تطبيقاتك لدى شركات أخرى، التي يربط الناس بها حساباتهم هناك.
sources-none = لا يوجد شيء بعد.
source-new = أضف مصدرًا
source-type = النوع
source-accounts = الحسابات
source-active = نشط
source-misconfigured = يرفضه المزوّد
source-paused = موقوف
source-since = منذ
source-choose = أين هو؟
source-other = شيء آخر
source-checked = آخر فحص { $day }
source-unverified = { $n ->
    [zero] كل المعلومات مؤكدة
    [one] معلومة واحدة غير مؤكدة
    [two] معلومتان غير مؤكدتين
    [few] { $n } معلومات غير مؤكدة
    [many] { $n } معلومة غير مؤكدة
   *[other] { $n } معلومة غير مؤكدة
}
source-id-is = ما تُسمّى به الحسابات: { $meaning }
source-make = أضف
source-client-id = معرّف العميل لدى المزوّد
source-secret = سر العميل
source-scopes = النطاقات
source-scopes-hint = واحد في كل سطر؛ اتركه فارغًا من أجل { $scopes }
source-redirect-uri = سجّل عنوان العودة هذا لدى المزوّد كما هو تمامًا
source-verify = افحص
source-verify-what = يسأل المزوّد هل يعرف هذا المعرّف وهذا السر. لا يحدث شيء آخر.
source-verified = يعرف المزوّد هذا المعرّف، والسر صحيح.
source-refused = يرفض المزوّد المعرّف أو السر: { $error }. الحسابات كما هي وتنتظر.
source-unclear = رد المزوّد لا يقول نعم ولا لا: { $error }
source-unreachable = لا يمكن الوصول إلى المزوّد الآن.
source-unverifiable = لا يمكن فحص هذا قبل أن يربط أحد حسابًا.
source-pause = أوقف
source-start = ابدأ من جديد
source-new-secret = سر عميل جديد
source-keep-old = احتفظ بالسابق بجانبه إلى أن تزيله لدى المزوّد
source-set-secret = عيّن السر
source-secret-what = بوجود اثنين لا يتوقف شيء أثناء التغيير.
source-delete = احذف المصدر
source-delete-what = تُحذف معه كل الحسابات المرتبطة به. لا يمكن التراجع عن ذلك.
source-scopes-lines = واحد في كل سطر
source-space = مسافة

## ‏/connect: حساب لدى شركة أخرى

connect-title = ربط { $provider }
connect-whose = يصبح حساب لك لدى { $provider } متاحًا في { $workspace } بوصفه حسابًا يخص { $person }.
connect-confirm = أي حساب تربطه لدى { $provider } سيستعمله { $person } في { $workspace }. لا تتابع إلا إن كنت تعرف صاحبه وتنتظر هذا الرابط.
connect-repair = يحتاج الحساب { $account } إليك مرة أخرى: اسمح بالوصول إليه من جديد لدى { $provider }.
connect-how = تسجّل الدخول لدى { $provider } نفسه، ولا نرى كلمة مرورك هناك أبدًا.
connect-go = المتابعة إلى { $provider }
connect-do = ربط
connect-again = إعادة المحاولة
connect-optional = اختياري
connect-kept = يُحفظ مشفّرًا، ولا يُستعمل إلا للتخاطب مع { $provider }.
connect-field-wrong = راجع «{ $field }»: ليس كما ينبغي.
connect-rejected = لا يقبل المزوّد هذا. تأكد من أنه كامل وما زال صالحًا.
connect-later = لا يجيب المزوّد الآن. لم يُحفظ شيء؛ أعد المحاولة بعد لحظة.
connect-connected = تم ربط { $account }
    .sentence = أُعدّ الوصول إلى { $provider } وسيبقى قائمًا من أجلك.
    .next = يمكنك إغلاق هذه النافذة.
connect-received = انتهى دورك
    .sentence = سمح لنا { $provider } بالدخول.
    .next = ارجع إلى التطبيق الذي جئت منه، فهو يكمل الباقي.
connect-waits = لحظة من فضلك
    .sentence = نسأل { $provider } عمّن تكون.
    .next = تتحقق هذه الصفحة من جديد تلقائيًا.
connect-user-denied = لم يُربط شيء
    .sentence = رُفض الوصول لدى المزوّد.
    .next = إن كان ذلك سهوًا فابدأ من جديد واسمح به هناك.
connect-admin-consent = يجب أن يسمح بهذا مسؤول
    .sentence = لا يسمح للتطبيقات لدى المزوّد إلا مسؤول في مؤسستك.
    .next = اطلب منه السماح بهذا التطبيق، ثم ابدأ من جديد.
connect-approval-pending = طلبك لدى أحد المسؤولين
    .sentence = سأل المزوّد مسؤولًا في مؤسستك.
    .next = ابدأ من جديد بعد أن يوافق.
connect-insufficient-scope = لم يُسمح بكل شيء
    .sentence = منح المزوّد أقل مما يلزم، فلم يُحفظ شيء.
    .next = ابدأ من جديد واترك كل الخيارات محددة.
connect-wrong-account = هذا حساب آخر
    .sentence = كنت مسجّل الدخول لدى المزوّد بحساب غير الذي أُريد ربطه. لم يتغير شيء.
    .next = سجّل الخروج هناك، وادخل بالحساب الصحيح، ثم ابدأ من جديد.
connect-taken = هذا الحساب مربوط من قبل
    .sentence = ربطه هنا شخص آخر قبلك.
    .next = اطلب منه أن يشاركك إياه.
connect-expired = لم يعد هذا الربط ينتظر
    .sentence = انقضى وقته، أو أُنهي، أو بدأ من جديد في تبويب آخر.
    .next = ارجع من حيث جئت وابدأ من جديد.
connect-browser-mismatch = هذا متصفح آخر
    .sentence = بدأ الربط في متصفح آخر، فلا يمكن إتمامه في هذا. لم يُربط شيء.
    .next = ابدأ من جديد في هذا المتصفح.
connect-session-mismatch = هذا الربط لشخص آخر
    .sentence = أُعدّ لشخص غير المسجّل دخوله هنا. لم يُربط شيء.
    .next = سجّل الدخول بوصفك الشخص المقصود وابدأ من جديد. وإن أرسل إليك أحدهم الرابط فلا تفعل.
connect-issuer-mismatch = هذا الجواب ليس من المزوّد
    .sentence = يذكر مرسلًا غير الذي أُرسلت إليه. لم يُربط شيء.
    .next = ابدأ من جديد. وإن تكرر ذلك فأخبر من يدير { $brand }.
connect-code-rejected = لم يُتم المزوّد الأمر
    .sentence = لم يعد يقبل التأكيد الذي أعطاك إياه. يحدث ذلك حين يطول الأمر.
    .next = ابدأ من جديد.
connect-credentials-rejected = لا يقبل المزوّد هذا
    .sentence = ما عُرض عليه غير صالح هناك. لم يُحفظ شيء.
    .next = ابدأ من جديد، وتأكد من أن كل شيء كامل وما زال صالحًا.
connect-provider-error = تعذّر على المزوّد إتمام الأمر
    .sentence = أجاب بخطأ أو لم يجب. لم يُحفظ شيء.
    .next = انتظر لحظة وابدأ من جديد.
connect-no-refresh-token = لن يدوم الوصول
    .sentence = لم يعط المزوّد ما يبقى به الوصول قائمًا، فلم يُحفظ شيء.
    .next = أزل هذا التطبيق من إعداداتك لدى المزوّد، ثم ابدأ من جديد.
connect-source-misconfigured = الربط غير ممكن الآن
    .sentence = يرفض المزوّد التطبيق الذي تُربط به الحسابات هنا. ليس ذلك بسببك.
    .next = أخبر مسؤولًا في مساحة عملك.
connect-no-account = لا يوجد حساب كهذا
    .sentence = حُذف، أو ليس لك أن تربطه.
    .next = تحقق من العنوان، ومن أنك مسجّل الدخول بوصفك الشخص الصحيح.

## Connections, for those who look after a workspace
console-connections = الاتصالات
activity-connection-opened = فتحت الإدارة أحد اتصالاتك
mail-opened = فُتح أحد اتصالاتك في { $brand }
mail-opened-what = فتح { $who }، من إدارة مساحة عملك، اتصالك { $connection } في { $at }.
mail-opened-why = السبب المذكور: { $reason }
mail-opened-until = حتى { $until } يمكنه رؤيته واستخدامه وتغييره ومنحه مثلك.
mail-opened-do = اعرف ما حدث
mail-opened-not-right = إن لم تعرف السبب فاسأله. كل ما يُفعل يُسجَّل.
connection-opened = { $who } من إدارة مساحة العمل، وقد فتح هذا حتى { $until }: «{ $reason }»
connection-transfer = امنحه لشخص آخر
told-revoked = عُطِّل: لم تعد الخدمة تقبل وصولنا
told-lost = عُطِّل: ضاع رد الخدمة في الطريق
told-expired = عُطِّل: انقضت المدة التي تمنح الخدمة الوصول لها
told-uninstalled = عُطِّل: أُزيل التطبيق لدى الخدمة
told-scope = عُطِّل: ما تسمح به الخدمة لم يعد كافيًا
told-owner-gone = عُطِّل: غادر مالكه مساحة العمل
told-busy = تطلب الخدمة أن نأتي أقل
told-silent = لا يمكن الوصول إلى الخدمة
told-source = لا تقبل الخدمة طريقة سؤالنا
told-due = يجب السماح به من جديد قبل { $day }
told-renamed = صار اسمه { $name }
told-shared = { $level ->
    [view] شورك مع { $who } للرؤية
    [use] شورك مع { $who } للاستخدام
   *[manage] شورك مع { $who } للاستخدام والإدارة
}
told-shared-all = { $level ->
    [view] شورك مع كل من في مساحة العمل للرؤية
    [use] شورك مع كل من في مساحة العمل للاستخدام
   *[manage] شورك مع كل من في مساحة العمل للاستخدام والإدارة
}
told-unshared = لم يعد مشترَكًا مع { $who }
told-unshared-all = لم يعد مشترَكًا مع كل من في مساحة العمل
told-transferred = مُنح إلى { $who }
told-transferred-workspace = مُنح إلى مساحة العمل
told-given-back = أُعيد الوصول إلى الخدمة
told-arrived = نُسي هنا ما سُلِّم
told-opened = فُتح في حالة طارئة: «{ $reason }»
told-closed = أُغلق من جديد
told-other = { $kind }
told-by-person = بواسطة { $who }
told-by-app = بواسطة التطبيق { $who }
told-by-operator = بواسطة من يشغّل هذا الخادم
told-by-service = من الخدمة أو من مستخدمها هناك
told-by-nobody = لم يرتكب أحد أي خطأ
told-by-leaving = بمغادرة مساحة العمل
told-by-source = بسبب إعداد المصدر
told-do-enable = فعّله لاستخدامه من جديد.
told-do-give = يمكن لإدارة مساحة العمل منحه لشخص آخر أو حذفه.
told-do-install = أضف التطبيق لدى الخدمة مجددًا، ثم اربطه من جديد.
told-do-reconnect = اربطه من جديد.
told-do-source = تراجع إدارة مساحة العمل المصدر.
told-do-wait = لا شيء: ستُعاد المحاولة تلقائيًا.
told-do-before = اربطه من جديد قبل { $day }.
connections-private = الحسابات لدى الشركات الأخرى ملك لمن ربطها، ولا يعلم غيره بوجودها هنا. ما تراه منها أرقام؛ ولا يُدرَج إلا ما تملكه مساحة العمل نفسها.
connections-all = مساحة العمل باسمها المختصر؛ فارغ للكل
connections-refused = يرفض مزوّد { $source } تطبيقكم ({ $error }). اتصالات تنتظر الإصلاح: { $n }.
connections-revoked = سُحب الوصول لدى الخدمة: { $n }. يربطها مالكوها من جديد.
connections-lost = ضاعت مع رد الخدمة: { $n }. لم يرتكب أحد أي خطأ؛ يربطها مالكوها من جديد.
connections-expired = انقضت مدة الخدمة لها: { $n }. يربطها مالكوها من جديد.
connections-uninstalled = أُزيل تطبيقكم لدى الخدمة: { $n }. يجب إضافته هناك مجددًا ثم ربطها من جديد.
connections-scope = ما تسمح به الخدمة لم يعد كافيًا: { $n }. يربطها مالكوها من جديد.
connections-orphans = غادر مالكو هذه مساحة العمل. افتح أحدها لمنحه لشخص آخر أو حذفه.
connections-orphaned = اتصالات غادر مالكوها
connections-calm = لا شيء ينتظر أحدًا.
connections-none = لا يوجد شيء.
connections-account = الاتصال
connections-source = المصدر
connections-owner = يملكه
connections-why = ما العمل
connections-yours = اتصالات يمكنك رؤيتها
connections-yours-what = ما تملكه مساحة العمل نفسها، وما هو لك أو مشترَك معك، وما فتحته الآن.
connections-any = الكل
connections-health = الحالة الصحية
connections-opened = فتحته أنت
connections-workspace-owns = مساحة العمل
connections-you-own = أنت
connections-external-id = ما يسميه به المزوّد
connections-verified = لمن هو
connections-id = معرّفه
connections-refreshed = جُدِّد
connections-used = آخر استخدام
connections-consent-until = يجب السماح به من جديد قبل
connections-when = متى
connections-what = ماذا
connections-whose = بفعل من
connections-next = ما العمل
connections-nothing = لا شيء بعد.
connections-who = من
connections-address = من عنوان
connections-purpose = لأي غرض
connections-times = المرات
connections-give-to = إلى
connections-give-hint = عنوان عضو؛ فارغ لمساحة العمل نفسها.
connections-give-what = من يملكه حينها يقرر من يراه ويستخدمه. وتبقى المشاركة الحالية كما هي.
glass = افتح اتصال عضو
glass-what = للطوارئ، ولما يتركه من غادروا. لمدة { $minutes } دقيقة يمكنك رؤية الاتصال واستخدامه وتغييره ومنحه كمالكه. يُسجَّل ذلك باسمك وسببك، ويُبلَّغ مالكه بالبريد وعلى صفحته.
glass-off = لا تسمح مساحة العمل هذه لأحد بفتح اتصالات الأعضاء. يمكن لأحد مالكيها تغيير ذلك.
glass-forbid = لا تسمح لأحد بذلك هنا
glass-allow = اسمح للمالكين والمشرفين بذلك هنا
glass-account = أي اتصال
glass-account-hint = معرّفه مثل acc_…‎ أو ما يسميه به المزوّد؛ وعندها يُعتد بالمصدر أيضًا.
glass-open = افتحه
glass-reason = لماذا
glass-reason-hint = سيقرأ مالكه هذا.
glass-reason-needed = اذكر السبب في 500 حرف على الأكثر.
glass-nothing = لا يوجد اتصال كهذا في مساحة العمل هذه.
glass-already = أنت تدير هذا أصلًا.
glass-open-until = فتحت هذا الاتصال في حالة طارئة حتى { $until }. أُبلغ مالكه بذلك.
glass-close = انتهيت منه

## A connection: sharing it, giving it away, giving access back
connection-with-member = عضو في مساحة العمل
connection-with-client = برنامج
connection-who = من
connection-no-client = لا يوجد برنامج بمعرّف العميل هذا.
connection-until-when = حتى
connection-until-hint = آخر يوم؛ فارغ إلى أن توقفها.
connection-until-wrong = اختر يومًا لم ينقضِ.
connection-busy = يُجدَّد الوصول الآن. لم يتغير شيء؛ حاول مجددًا بعد لحظة.
connection-done-shared = تمت المشاركة.
connection-done-unshared = لم يعد مشترَكًا معهم.
connection-done-disabled = عُطِّل. لا يحصل أحد على الوصول حتى يُفعَّل من جديد.
connection-done-enabled = فُعِّل.
connection-done-freed = أُعيد الوصول. أكدت الخدمة أنه انتهى.
connection-done-freed-here = نُسي الوصول هنا. تعذّر إبلاغ الخدمة؛ أنهه في إعداداتها أيضًا.
connection-given = صار الاتصال ملكًا لغيرك.
connection-give-what = يصبح ملكًا لغيرك، ولا يعود بإمكانك رؤيته إلا إن شاركه معك.
connection-give-to = عنوان عضو في مساحة العمل
connection-give-workspace = فارغ: تملكه مساحة العمل ويعتني به مالكوها ومشرفوها.
connection-give-sure = نعم، امنحه
connection-free = أعِد الوصول
connection-free-what = تُبلَّغ الخدمة بأننا لم نعد نحتاج وصولنا وننساه. يبقى الاتصال هنا معطَّلًا مع سجله؛ اربطه من جديد لاستخدامه ثانية.
connection-free-together = تذهب هذه معه لأن الموافقة نفسها تفتحها:
connection-free-others = وأخرى في مساحة العمل هذه: { $n }
connection-free-export = لنقل الوصول إلى مكان آخر بدلًا من ذلك، يطلبه برنامجك مرة واحدة: { $path }
connection-free-sure = نعم، أعِد وصولنا

## Webhooks, on /account
account-webhooks = خطافات الويب
account-webhooks-what = عناوين برامج تُبلَّغ بما يحدث لحساباتك المتصلة وللمشترَك معك. لا تحمل رمزًا أبدًا.
hook-active = يعمل
hook-failing = لم يُسلَّم
hook-paused = موقوف
hook-gone = يقول عنوانه إنه لم يعد أحد هناك، فلم يعد يُبلَّغ. شغّله من جديد بعد الإصلاح.
hook-stopped = أوقفته. ما يحدث في هذه الأثناء لا يُبلَّغ لاحقًا.
hook-failed = تعذّر تسليم رسالة طوال يوم ({ $answer }). ما بعدها يُرسَل على أي حال؛ أعِد إرسال الناقص أدناه.
hook-open = ينتظر
hook-delivered = سُلِّمت
hook-given-up = تُركت
hook-what = ما يُبلَّغ به
hook-everything = كل شيء ما عدا كل تجديد
hook-last = تسلّم رسالة { $time }
hook-never = لم يتسلّم رسالة بعد
hook-start = شغّل من جديد
hook-test = أرسل تجربة
hook-pause = أوقف
hook-rotate = سر جديد
hook-secret = هذا السر يوقّع الرسائل. انسخه الآن: لن يُعرض ثانية. مع السر الجديد يوقّع السابق أيضًا ليوم واحد.
hook-messages = الرسائل
hook-messages-what = أحدثها خلال 30 يومًا. ما يُعاد إرساله يحتفظ باسمه ليعرفه البرنامج.
hook-messages-none = لا شيء بعد.
hook-tries = مرات الإرسال: { $n }
hook-next = التالي { $time }
hook-again = أرسل مجددًا
hook-since = أعِد إرسال كل شيء منذ
hook-since-hint = بتوقيت UTC كالأوقات أعلاه.
hook-since-do = أعِد إرسالها
hook-since-wrong = اختر يومًا ووقتًا.
hook-not-over = هذه الرسالة في الطريق بالفعل.
hook-is-paused = إنه موقوف. شغّله أولًا.
hook-done-tested = التجربة في الطريق. انظر مجددًا بعد لحظة.
hook-done-again = إنها في الطريق من جديد.
hook-done-changed = تم.
hook-delete = احذف
hook-delete-what = ما لم يُسلَّم إليه بعد لن يُسلَّم.
hook-sure = نعم، احذف هذا الخطاف
hook-deleted = حُذف الخطاف.
hook-new = أضف خطافًا
hook-url = عنوانه
hook-url-hint = https على عنوان عام. يُبلَّغ بكل شيء ما عدا كل تجديد.
hook-url-wrong = يجب أن يكون عنوان https يمكن الوصول إليه من كل مكان، دون اسم وكلمة مرور.
hook-too-many = لديك 20 خطافًا هناك، وهو الحد الأقصى. احذف واحدًا أولًا.
hook-make = أضف

## A new source, and a new connection
account-connect = اربط حسابًا لدى
account-connect-go = اربط
source-search = اسم الشركة أو المنتج
source-none-such = لا شيء بهذا الاسم. يكفي أحد الأنواع العامة أدناه.
source-at-provider = لدى المزوّد
source-register = أنشئ أولًا تطبيقًا هناك وسجّل معه عنوان إعادة التوجيه هذا. إنه لهذا المصدر وحده، ويصلح بعد إنشاء المصدر.
source-docs = التوثيق
source-last-checked = آخر تحقق من التعريف
source-settings = ما أعطاك إياه
source-connect-first = اربط حسابك الأول
source-connect-first-what = يُظهر هذا أن كل شيء يعمل: تذهب إلى المزوّد وتعود بحساب لك.
source-connect = اربط حسابًا لك
source-connect-what = يصبح لك؛ شاركه من صفحة حسابك.
console-copy = انسخ
console-copied = نُسخ

## More of connections
connections-acts = ما يمكنك فعله
activity-webhook-made = أضفت خطاف ويب
activity-webhook-changed = غيّرت خطاف ويب
activity-webhook-deleted = حذفت خطاف ويب
activity-source-made = أضفت مصدرًا
activity-source-changed = غيّرت مصدرًا
activity-source-deleted = حذفت مصدرًا
